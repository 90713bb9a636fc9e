import { expect } from 'chai';
import { auditEvents } from '../../src/queries/audit-trail.ts';
import { asking } from './asking.ts';
import { newYork, orders, paris, story, tableId } from './story.ts';

describe('The audit trail asked for', () => {
  const { ask } = asking(story);
  const count = story.reduce((sum, { events }) => sum + events.length, 0);

  it('has every event, in full', async () => {
    const answer = await ask(auditEvents, { limit: 1000 });
    expect(answer?.items.map(({ position }) => position)).to.deep.equal(Array.from({ length: count }, (_, nth) => nth + 1));
    expect(answer?.items.map(({ stream, type, data }) => ({ stream, type, data }))).to.deep.equal(
      story.flatMap(({ stream, events }) => events.map(({ type, data }) => ({ stream, type, data }))),
    );
    expect(answer?.next).to.equal(null);
  });

  it('says who, when, from where, in answer to what', async () => {
    const [first] = (await ask(auditEvents, { stream: `Order-${orders.dinner}`, limit: 1 }))?.items ?? [];
    expect(first).to.deep.include({
      revision: 1,
      type: 'OrderOpened',
      occurredAt: '2025-03-15T00:10:00.000Z',
      actorId: 'ana',
      actorRoles: ['server'],
      terminalId: 'pos-1',
      locationId: newYork,
      commandType: 'SomeCommand',
      causationId: null,
    });
    expect(first?.recordedAt).to.match(/^20\d\d-.*Z$/);
    expect(first?.metadata).to.have.property('schemaVersion', 1);
  });

  it('goes on after a position, forwards and backwards', async () => {
    const first = await ask(auditEvents, { limit: 5 });
    expect(first?.next).to.equal('5');
    expect((await ask(auditEvents, { limit: 5, after: 5 }))?.items[0]?.position).to.equal(6);
    const newest = await ask(auditEvents, { limit: 5, order: 'newest-first' });
    expect(newest?.items.map(({ position }) => position)).to.deep.equal([count, count - 1, count - 2, count - 3, count - 4]);
    expect((await ask(auditEvents, { limit: 5, order: 'newest-first', after: count - 4 }))?.items[0]?.position).to.equal(count - 5);
  });

  it('comes by stream, actor and type', async () => {
    const streams = (await ask(auditEvents, { stream: `Table-${tableId}` }))?.items ?? [];
    expect(streams.map(({ type }) => type)).to.deep.equal(['TableDefined']);
    expect((await ask(auditEvents, { type: 'OrderClosed' }))?.items).to.have.length(4);
    expect((await ask(auditEvents, { type: 'OrderClosed', actor: 'ana', stream: `Order-${orders.night}` }))?.items).to.have.length(1);
    expect((await ask(auditEvents, { actor: 'nobody' }))?.items).to.deep.equal([]);
  });

  it('is that of the asker’s locations', async () => {
    const items = (await ask(auditEvents, { limit: 1000 }, [paris]))?.items ?? [];
    expect(items.length).to.be.greaterThan(5);
    expect(new Set(items.map(({ locationId }) => locationId))).to.deep.equal(new Set([paris]));
  });
});
