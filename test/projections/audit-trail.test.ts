import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { auditTrail } from '../../src/projections/audit-trail.ts';
import { isKnownEventType } from '../../src/domain/event-types.ts';
import { canonicalEvents, locationId, serverId } from '../support/canonical-events.ts';
import { minute, told } from './told.ts';

const everyEvent = Object.values(canonicalEvents);

describe('Audit trail', () => {
  it('has a row for every event, in full', () => {
    const rows = told(auditTrail, ...everyEvent);
    expect([...rows.values()].map(({ type, data }) => ({ type, data }))).to.deep.equal(everyEvent);
  });

  it('says who did what, when, where, and in answer to what', () => {
    const row = told(auditTrail, canonicalEvents.TableSeated).get('event-1');
    expect(row).to.deep.include({
      position: 1,
      revision: 1,
      type: 'TableSeated',
      recordedAt: minute(1),
      occurredAt: minute(1),
      actorId: serverId,
      actorRoles: ['server'],
      terminalId: 'pos-1',
      locationId,
      commandId: 'command-1',
      commandType: 'SomeCommand',
      correlationId: 'correlation-1',
      causationId: null,
    });
    expect(row?.metadata).to.have.property('schemaVersion', 1);
  });

  it('has a row for what a newer program wrote', () => {
    const unheardOf = { type: 'OrderSplit', data: { orderId: 'order-1', checks: 2 } } as unknown as DomainEvent;
    expect(told(auditTrail, unheardOf).get('event-1')).to.deep.include({ type: 'OrderSplit', data: { orderId: 'order-1', checks: 2 } });
  });
});

describe('Event types', () => {
  it('are those of the domain', () => {
    expect(everyEvent.map(({ type }) => type).filter((type) => !isKnownEventType(type))).to.deep.equal([]);
    expect(isKnownEventType('OrderSplit')).to.equal(false);
    expect(isKnownEventType('constructor')).to.equal(false);
  });
});
