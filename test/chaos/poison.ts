import { expect } from 'chai';
import { parkedStreams } from '../../src/infra/projections/status.ts';
import { projections } from '../../src/projections/all.ts';
import { orders } from '../../src/projections/orders.ts';
import { changesOf, type Projection } from '../../src/projections/projection.ts';
import { expectReadModelsEqualFold, foldOfLog, rowsInDatabase } from '../support/oracle.ts';
import { happen, someEvening } from '../infra/projections/evening.ts';
import { openReadModels } from '../infra/projections/read-models.ts';
import { rounded, secondsSince, type Trial } from './trial.ts';

const PART = 400;

/** Cannot take the type in on the stream. */
const poisoned = (stream: string, type: string): Projection => ({
  ...orders,
  on: (fact) => {
    if (fact.stream === stream && fact.type === type) throw new Error('This fold has a mistake');
    return changesOf(orders, fact);
  },
});

const run: Trial['run'] = async (size, { alone }) => {
  const models = await openReadModels();
  try {
    const parts = Array.from({ length: Math.ceil(size / PART) }, (_, nth) => someEvening(PART, 500 + nth));
    const last = parts.at(-1) ?? [];
    const stream = last.find(({ events }) => events.some(({ type }) => type === 'OrderLinesAdded'))?.stream;
    if (stream === undefined) throw new Error('No order got a line');
    const spoiling = models.start({
      projections: projections.map((each) => (each === orders ? poisoned(stream, 'OrderLinesAdded') : each)),
    });
    await models.reached(0);
    let position = 0;
    for (const part of parts) position = await happen(models.store, part);
    const begun = performance.now();
    await models.reached(position);
    const current = secondsSince(begun);
    if (alone) expect(current, 'seconds until all others were current').to.be.lessThan(1);

    const parked = await parkedStreams(models.pool);
    expect(parked.map((one) => `${one.projection} ${one.stream}`)).to.deep.equal([`orders ${stream}`]);
    await expectReadModelsEqualFold(
      models.store,
      models.pool,
      projections.filter(({ name }) => name !== 'orders'),
    );
    const expected = (await foldOfLog(models.store, [orders])).get('orders') ?? new Map();
    for (const [key, row] of await rowsInDatabase(models.pool, orders)) {
      if (`Order-${key}` !== stream) expect(row).to.deep.equal(expected.get(key));
    }
    expect(await spoiling.retryParked('orders', stream)).to.equal('parked');
    await spoiling.stop();

    const mended = models.start();
    await models.reached(await happen(models.store, someEvening(20, 499)));
    expect(await mended.retryParked('orders', stream)).to.equal('taken-in');
    expect(await parkedStreams(models.pool)).to.deep.equal([]);
    await expectReadModelsEqualFold(models.store, models.pool);
    return { events: position, 'streams parked': parked.length, 'others current after, s': rounded(current), 'parked after the fix': 0 };
  } finally {
    await models.close();
  }
};

/** One event of many cannot be taken in by one read model; then its fold is mended. `size` counts moves, of which some make no event. */
export const poison: Trial = { name: 'poison', unit: 'moves', short: 800, long: 20_000, run };
