import { expect } from 'chai';
import { historyOf } from '../../../src/infra/projections/history.ts';
import { orders } from '../../../src/projections/orders.ts';
import { stockLevels } from '../../../src/projections/stock-levels.ts';
import { tableMap } from '../../../src/projections/table-map.ts';
import { locationId, orderId, tableId } from '../../support/canonical-events.ts';
import { memoryEventStore } from '../../support/memory-event-store.ts';
import { bothAdded, bothFired, opened, paid } from '../../support/order-facts.ts';
import { defined, released, seated } from '../../support/table-facts.ts';
import { metadataAt } from './evening.ts';

const TABLE = `Table-${tableId}`;
const ORDER = `Order-${orderId}`;
const at = (minute: number) => `2025-03-14T20:${String(minute).padStart(2, '0')}:00.000Z`;

/** One evening at a table; the second line of events came in late, from a terminal that was offline. */
const evening = async () => {
  const store = memoryEventStore();
  const told = [
    [TABLE, defined, 0],
    [TABLE, seated(3), 5],
    [ORDER, opened, 10],
    [ORDER, bothAdded, 12],
    [TABLE, released, 50],
    [ORDER, bothFired, 15],
    [ORDER, paid, 45],
  ] as const;
  for (const [stream, event, minute] of told) {
    const expected = (await store.readStream(stream)).length;
    await store.append({ stream, expected, events: [event], metadata: metadataAt(locationId, { occurredAt: at(minute) }), receipt: null });
  }
  return store;
};

describe('History', () => {
  it('has rows as they were at a position', async () => {
    const { fold } = historyOf(await evening());
    expect((await fold(tableMap, { position: 1 })).get(tableId)).to.deep.include({ state: 'available' });
    expect((await fold(tableMap, { position: 2 })).get(tableId)).to.deep.include({ state: 'seated', covers: 3 });
    expect((await fold(tableMap, { position: 4 })).get(tableId)).to.deep.include({ state: 'ordered', orderId });
    expect((await fold(tableMap, { position: 0 })).size).to.equal(0);
  });

  it('has rows as they were at a time, by when things happened and not when they were told', async () => {
    const { fold } = historyOf(await evening());
    expect((await fold(orders, { time: at(11) })).get(orderId)).to.deep.include({ total: 0 });
    expect((await fold(orders, { time: at(12) })).get(orderId)).to.deep.include({ total: 3090, balance: 3090, revision: 2 });
    const fired = (await fold(orders, { time: at(20) })).get(orderId);
    expect(fired?.lines.map(({ status }) => status)).to.deep.equal(['fired', 'fired']);
    expect((await fold(orders, { time: at(45) })).get(orderId)).to.deep.include({ balance: 0 });
    expect((await fold(tableMap, { time: at(49) })).get(tableId)).to.deep.include({ state: 'ordered' });
    expect((await fold(tableMap, { time: at(50) })).get(tableId)).to.deep.include({ state: 'available' });
  });

  it('reads one stream alone where that is all it takes', async () => {
    const store = await evening();
    const { fold } = historyOf({ ...store, readLog: () => Promise.reject(new Error('The whole log was read')) });
    expect((await fold(orders, { position: 4 }, ORDER)).get(orderId)).to.deep.include({ total: 3090 });
    expect((await fold(orders, { position: 3 }, ORDER)).get(orderId)).to.deep.include({ total: 0 });
    expect((await fold(orders, { position: 9 }, 'Order-unheard-of')).size).to.equal(0);
  });

  it('does not guess what a newer program wrote, where it matters', async () => {
    const store = await evening();
    const expected = (await store.readStream(ORDER)).length;
    await store.append({
      stream: ORDER,
      expected,
      events: [{ type: 'OrderSplit', data: {} }],
      metadata: metadataAt(locationId),
      receipt: null,
    });
    const { fold } = historyOf(store);
    const thrown = await fold(orders, { position: 100 }).catch((error: unknown) => error);
    expect(thrown).to.have.property('code', 'newer-version-needed');
    expect((await fold(orders, { position: expected + 3 })).size).to.equal(1);
    expect((await fold(stockLevels, { position: 100 })).size).to.equal(0);
  });
});
