import { expect } from 'chai';
import { v7 } from 'uuid';
import type { EventStore } from '../../../src/commands/ports.ts';
import { parkedStreams } from '../../../src/infra/projections/status.ts';
import { allDay } from '../../../src/projections/all-day.ts';
import { kitchenBoard } from '../../../src/projections/kitchen-board.ts';
import { orders } from '../../../src/projections/orders.ts';
import { changesOf, type Fact, type Projection, type Row } from '../../../src/projections/projection.ts';
import { salesLines } from '../../../src/projections/sales-lines.ts';
import { stockLevels } from '../../../src/projections/stock-levels.ts';
import { locationId } from '../../support/canonical-events.ts';
import { expectReadModelsEqualFold, foldOfLog, rowsInDatabase } from '../../support/oracle.ts';
import { happen, metadataAt, someEvening, type Happening } from './evening.ts';
import { openReadModels, type ReadModels } from './read-models.ts';

const UNFIT = 'no time at all';
/** What comes after a row nobody can have could be had: and must not be, since it is made of it. */
const fitAgain = (row: Row | null, at: string): Row | null => (row?.['openedAt'] === UNFIT ? { ...row, openedAt: at } : row);

/** The same projection, but for one stream, whose first event of a type is spoilt. */
const spoilt = (projection: Projection, stream: string, type: string, how: 'throws' | 'row-unfit' | 'row-unfit-then'): Projection => {
  let first: number | null = null;
  return {
    ...projection,
    on: (fact: Fact) => {
      const changes = changesOf(projection, fact);
      if (fact.stream !== stream) return changes;
      if (fact.type === type) first ??= fact.revision;
      if (fact.revision !== first && how === 'row-unfit-then')
        return changes.map((change) => ({ key: change.key, to: (row) => fitAgain(change.to(row), fact.at) }));
      if (fact.revision !== first) return changes;
      if (how === 'throws') throw new Error('This fold has a mistake');
      return changes.map(({ key }) => ({ key, to: (row) => (row === null ? null : { ...row, openedAt: UNFIT }) }));
    },
  };
};

const listed = [orders, kitchenBoard, allDay, salesLines, stockLevels];

/** The stream of the evening with the most events of a type. */
const streamWith = (evening: readonly Happening[], type: string): string => {
  const having = evening.filter(({ events }) => events.some((event) => event.type === type)).map(({ stream }) => stream);
  const [busiest] = [...Map.groupBy(having, (stream) => stream)].toSorted(([, a], [, b]) => b.length - a.length);
  if (busiest === undefined) throw new Error(`No ${type} in this evening`);
  return busiest[0];
};

describe('A stream a read model cannot take in', () => {
  let models: ReadModels;
  const evening = someEvening(400, 21);
  const stream = streamWith(evening, 'OrderLinesAdded');
  const orderId = stream.replace('Order-', '');
  beforeEach(async () => (models = await openReadModels()));
  afterEach(() => models.close());

  const with_ = (...replaced: readonly Projection[]): readonly Projection[] =>
    listed.map((projection) => replaced.find(({ name }) => name === projection.name) ?? projection);

  const expectOthersRight = async (spoiltName: string): Promise<void> => {
    const others = listed.filter(({ name }) => name !== spoiltName);
    await expectReadModelsEqualFold(models.store, models.pool, others);
    const expected = (await foldOfLog(models.store, [orders])).get('orders') ?? new Map();
    const actual = await rowsInDatabase(models.pool, orders);
    expect(actual.size).to.equal(expected.size);
    for (const [key, row] of actual) if (key !== orderId) expect(row).to.deep.equal(expected.get(key));
  };

  for (const [how, reason] of [
    ['throws', 'fold-failed'],
    ['row-unfit', 'row-refused'],
  ] as const) {
    for (const when of ['as it happens', 'found in the log', 'found in the log, with others folded meanwhile'] as const) {
      it(`is parked there alone, and all else goes on (${reason}, ${when})`, async () => {
        const live = when === 'as it happens';
        const meanwhile = when.endsWith('meanwhile');
        // So large that the refused row's stream goes on in what is folded while its own page is written.
        const parked: string[] = [];
        const inSmallPages: EventStore['readLog'] = (after, limit) => models.store.readLog(after, Math.min(limit, 20));
        const start = () =>
          models.start({
            ...(meanwhile && {
              store: { ...models.store, readLog: inSmallPages },
              gathering: { events: 20, rows: 1_000, positions: 100_000 },
            }),
            projections: with_(spoilt(orders, stream, 'OrderLinesAdded', how === 'row-unfit' && meanwhile ? 'row-unfit-then' : how)),
            metrics: { parked: (name) => parked.push(name) },
          });
        if (live) {
          start();
          await models.reached(0, listed);
        }
        const position = await happen(models.store, evening);
        if (!live) start();
        await models.reached(position, listed);
        await expectOthersRight('orders');
        const [one, ...more] = await parkedStreams(models.pool);
        expect(more).to.deep.equal([]);
        expect(one).to.deep.include({ projection: 'orders', building: false, stream, type: 'OrderLinesAdded', reason });
        expect(one?.error).to.match(how === 'throws' ? /This fold has a mistake/ : /invalid input syntax/);
        expect(parked).to.deep.equal(['orders']);
        expect((await rowsInDatabase(models.pool, orders)).get(orderId)).to.deep.include({ revision: 1, lines: [] });
        const status = (await models.positions.status(position)).find(({ name }) => name === 'orders');
        expect(status).to.deep.include({ position, lagEvents: 0, parkedStreams: 1 });
      });
    }
  }

  it('is found among many that are copied', async () => {
    const evenings = [23, 24, 25].map((seed) => someEvening(1_000, seed));
    const unfit = streamWith(evenings[1] ?? [], 'OrderLinesAdded');
    let position = 0;
    for (const one of evenings) position = await happen(models.store, one);
    models.start({ projections: with_(spoilt(orders, unfit, 'OrderLinesAdded', 'row-unfit')) });
    await models.reached(position, listed);
    const others = listed.filter(({ name }) => name !== 'orders');
    await expectReadModelsEqualFold(models.store, models.pool, others);
    const parked = await parkedStreams(models.pool);
    expect(parked.map(({ projection, stream: where, reason }) => [projection, where, reason])).to.deep.equal([
      ['orders', unfit, 'row-refused'],
    ]);
    const rows = await rowsInDatabase(models.pool, orders);
    expect(rows.size).to.be.greaterThan(50);
    const expected = (await foldOfLog(models.store, [orders])).get('orders') ?? new Map();
    for (const [key, row] of rows) if (!unfit.endsWith(key)) expect(row).to.deep.equal(expected.get(key));
  });

  it('stays parked through a restart, and is taken in when tried again with a fold that can', async () => {
    const spoiling = models.start({ projections: with_(spoilt(orders, stream, 'OrderLinesAdded', 'throws')) });
    await models.reached(0, listed);
    await models.reached(await happen(models.store, evening), listed);
    expect(await spoiling.retryParked('orders', stream)).to.equal('parked');
    await spoiling.stop();

    const mended = models.start({ projections: listed });
    const position = await happen(models.store, someEvening(30, 22));
    await models.reached(position, listed);
    expect(await parkedStreams(models.pool)).to.have.length(1);
    expect(await mended.retryParked('orders', stream)).to.equal('taken-in');
    expect(await mended.retryParked('orders', stream)).to.equal('not-parked');
    expect(await parkedStreams(models.pool)).to.deep.equal([]);
    await expectReadModelsEqualFold(models.store, models.pool, listed);
  });

  it('is taken in as far as the read model is, and goes on from there', async () => {
    const spoiling = models.start({ projections: with_(spoilt(orders, stream, 'OrderLinesAdded', 'throws')) });
    await models.reached(await happen(models.store, evening), listed);
    await spoiling.stop();
    const gate = Promise.withResolvers<void>();
    const follow: EventStore['follow'] = async function* (after, options) {
      for await (const page of models.store.follow(after, options)) {
        if (page.events.some(({ type }) => type === 'OrderLinesAdded')) await gate.promise;
        yield page;
      }
    };
    const mended = models.start({ projections: listed, store: { ...models.store, follow } });
    const begun = await happen(models.store, someEvening(1, 22));
    await models.reached(begun, listed);
    const known = await models.store.readStream(stream);
    const [added] = known.filter(({ type }) => type === 'OrderLinesAdded');
    if (added === undefined) throw new Error('Nothing was added to the order');
    const more = {
      stream,
      expected: known.length,
      events: [{ type: added.type, data: added.data }],
      metadata: metadataAt(locationId),
      receipt: null,
    };
    await models.store.append(more);
    expect(await mended.retryParked('orders', stream)).to.equal('taken-in');
    gate.resolve();
    await models.reached(begun + 1, listed);
    await expectReadModelsEqualFold(models.store, models.pool, listed);
  });

  it('is taken in by a rebuild, where the rows are made of many streams', async () => {
    const fired = streamWith(evening, 'OrderLinesFired');
    const spoiling = models.start({ projections: with_(spoilt(allDay, fired, 'OrderLinesFired', 'throws')) });
    await models.reached(await happen(models.store, evening), listed);
    await spoiling.stop();
    const mended = models.start({ projections: listed });
    const position = await happen(models.store, someEvening(30, 22));
    await models.reached(position, listed);
    expect(await mended.retryParked('all_day', fired)).to.equal('rebuilding');
    await models.rebuilt('all_day');
    await expectReadModelsEqualFold(models.store, models.pool, listed);
    expect(await parkedStreams(models.pool)).to.deep.equal([]);
  });

  it('is one that holds what a newer program wrote, for read models of its aggregate', async () => {
    models.start({ projections: listed });
    await happen(models.store, evening);
    const [revision] = [(await models.store.readStream(stream)).length];
    const splitAt = {
      stream,
      expected: revision,
      events: [{ type: 'OrderSplit', data: { orderId } }],
      metadata: metadataAt(locationId),
      receipt: null,
    };
    await models.store.append(splitAt);
    const position = await happen(models.store, [{ stream: `GiftCard-${v7()}`, events: [{ type: 'GiftCardSold', data: {} }], locationId }]);
    await models.reached(position, listed);
    const parked = await parkedStreams(models.pool);
    expect(parked.map(({ projection }) => projection).toSorted()).to.deep.equal(['all_day', 'kitchen_board', 'orders', 'sales_lines']);
    for (const one of parked) expect(one).to.deep.include({ stream, type: 'OrderSplit', reason: 'type-unknown' });
  });
});
