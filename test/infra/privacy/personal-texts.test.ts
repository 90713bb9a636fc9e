import { expect } from 'chai';
import { policies } from '../../../src/commands/policies/all.ts';
import { effectsOf } from '../../../src/commands/policies/policy.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import { hasPersonalTexts, withTexts } from '../../../src/infra/privacy/personal-texts.ts';
import { canonicalEvents, managerId, orderId, serverId } from '../../support/canonical-events.ts';

/** Texts that are about things, or about nobody in particular, besides ids and times. */
const NOT_PERSONAL: ReadonlySet<string> = new Set([
  ...['LocationDefined', 'LocationChanged'].flatMap((type) => [
    `${type}.name`,
    `${type}.timeZone`,
    `${type}.currency`,
    `${type}.dayStartsAt`,
  ]),
  ...['MenuStationDefined', 'MenuCategoryDefined', 'MenuItemDefined', 'MenuItemChanged'].map((type) => `${type}.name`),
  ...['MenuItemDefined', 'MenuItemChanged'].flatMap((type) => [`${type}.categoryName`, `${type}.price.currency`]),
  ...['StockItemDefined', 'StockItemReorderPointReached', 'AlertRaised'].flatMap((type) => [`${type}.name`, `${type}.displayUnit`]),
  'StockItemDefined.par.unit',
  'StockItemDefined.reorderPoint.unit',
  'StockItemReceived.cost.currency',
  // The number of a delivery note.
  'StockItemReceived.reference',
  'StockItemWasted.reason',
  'AlertRaised.kind',
  'TableDefined.name',
  'TableDefined.section',
  'OrderOpened.orderType',
  'OrderOpened.currency',
  'OrderOpened.table.name',
  'OrderLinesAdded.lines[].name',
  'OrderLinesAdded.lines[].categoryName',
  'OrderLinesAdded.lines[].price.currency',
  'OrderLinesFired.header.orderType',
  'OrderLinesFired.header.table.name',
  'OrderLinesFired.tickets[].lines[].name',
  'OrderTicketBumped.lines[].name',
  'OrderTicketRecalled.lines[].name',
  'OrderLineVoided.line.name',
  'OrderLineVoided.was',
  'OrderLineVoided.value.currency',
  'OrderTendered.tender.kind',
  'OrderTendered.tender.amount.currency',
  'OrderTendered.tender.tip.currency',
  'OrderTendered.balance.currency',
  // All that is kept of a card.
  'OrderTendered.tender.reference',
  'OrderTendered.tender.lastFour',
  'OrderClosed.total.currency',
  'OrderClosed.tips.currency',
  'SubjectErased.kind',
  'SubjectErased.reason',
  'AccountRegistered.roles[]',
  'AccountGranted.roles[]',
  'AccountLoggedIn.method',
  'AccountLoginRefused.reason',
  'AccountLocked.of',
  'AccountSessionEnded.reason',
  'AccountPasswordChanged.by',
  'AccountApprovalGiven.permission',
  'AccountApprovalGiven.subject',
  // Of the role, from letters, digits and hyphens.
  'RoleDefined.name',
  'RoleDefined.permissions[]',
  'RoleChanged.name',
  'RoleChanged.permissions[]',
]);

const isIdOrTime = (field: string): boolean =>
  /(^|\.|\[\]\.)(\w*Id|\w*Ids\[\]|at|approvedBy|acknowledgedBy|cancelledBy|erasedBy)$/.test(field);

const textsIn = (value: unknown, field: string): readonly string[] => {
  if (typeof value === 'string') return [field];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, `${field}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, field === '' ? name : `${field}.${name}`));
};

/** As a terminal writes them now, with the server's id and a name to call the order by. */
const named: { readonly [type: string]: object } = {
  OrderOpened: { ...canonicalEvents.OrderOpened.data, serverId, reference: 'Ana’s' },
  OrderLinesFired: {
    ...canonicalEvents.OrderLinesFired.data,
    header: { ...canonicalEvents.OrderLinesFired.data.header, serverId, reference: 'Ana’s' },
  },
};
const events: readonly DomainEvent[] = Object.values(canonicalEvents).map(
  (event) => ({ ...event, data: named[event.type] ?? event.data }) as DomainEvent,
);

const personalOf = (event: DomainEvent): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  withTexts(event, managerId, (text, field, subject) => {
    if (subject !== null) found.set(field.replaceAll(/\[\d+\]/g, '[]'), subject.id);
    return text;
  });
  return found;
};

describe('Personal texts', () => {
  for (const event of events) {
    it(`are told from all others in ${event.type}`, () => {
      const personal = personalOf(event);
      const undeclared = textsIn(event.data, '').filter(
        (field) => !personal.has(field) && !isIdOrTime(field) && !NOT_PERSONAL.has(`${event.type}.${field}`),
      );
      expect(undeclared, 'neither personal nor known not to be').to.deep.equal([]);
    });
  }

  it('are the server’s, the guests’, or whose shift it is', () => {
    const of = (type: DomainEvent['type']) => Object.fromEntries(personalOf(events.find((event) => event.type === type) as DomainEvent));
    expect(of('OrderOpened')).to.deep.equal({ server: serverId, reference: orderId });
    expect(of('OrderLinesFired')).to.deep.equal({
      'header.server': serverId,
      'header.reference': orderId,
      'tickets[].lines[].note': orderId,
    });
    expect(of('OrderLineVoided')).to.deep.equal({ reason: orderId });
    expect(of('ShiftClockedIn')).to.deep.equal({ name: serverId });
    expect(of('StockItemWasted')).to.deep.equal({ note: managerId });
  });

  it('are the order’s own where an older event does not say who the server is', () => {
    expect(personalOf(canonicalEvents.OrderLinesFired).get('header.server')).to.equal(orderId);
  });

  it('leave a number people call an order by as it is', () => {
    for (const reference of ['104', 'D17', '#4', orderId.slice(-4).toUpperCase()]) {
      expect(personalOf({ type: 'OrderOpened', data: { ...canonicalEvents.OrderOpened.data, reference } }).has('reference')).to.equal(
        false,
      );
    }
  });

  it('are changed where they stand, and nothing else is', () => {
    const event = canonicalEvents.OrderLinesAdded;
    const data = withTexts(event, managerId, (text, field) => `${field}: ${text}`) as typeof event.data;
    expect(data.lines.map(({ note }) => note)).to.deep.equal(['lines[0].note: no onions', null, null]);
    expect({ ...data, lines: data.lines.map((line, nth) => ({ ...line, note: event.data.lines[nth]?.note })) }).to.deep.equal(event.data);
  });

  it('leave an event of another shape, or without them, as it is', () => {
    const strange = { type: 'OrderLinesAdded', data: { lines: 'none' } };
    expect(withTexts(strange, managerId, () => 'changed')).to.equal(strange.data);
    expect(hasPersonalTexts('TableSeated')).to.equal(false);
  });

  it('are in nothing that a policy hands on', () => {
    const canary = 'canary-of-a-person';
    for (const event of events) {
      const fact = { ...event, data: withTexts(event, managerId, () => canary) } as DomainEvent;
      const effects = policies.flatMap((policy) => effectsOf(policy, fact));
      expect(JSON.stringify(effects), event.type).to.not.include(canary);
    }
  });
});
