import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { aggregateCache, noSnapshots, streamName } from '../src/commands/aggregate-cache.ts';
import type { EventStore, Snapshots } from '../src/commands/ports.ts';
import { commandNamed } from '../src/commands/registry.ts';
import type { Message } from '../src/domain/decider.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { deciderVersion } from '../src/infra/snapshots/decider-version.ts';
import { postgresSnapshots } from '../src/infra/snapshots/snapshots.ts';
import { eventsOf, told, type Measured, type Row } from './report.ts';
import { metadata } from './support/line-added.ts';
import { log, withServer } from './support/server.ts';
import { timingOf } from './support/timing.ts';

/** How long the first command on a stock item with a long history waits for its state, with a snapshot and without one. */
const EVENTS = 10_000;
const TIMES = 100;
const PER_APPEND = 500;

const definition = commandNamed('DefineStockItem');
if (definition === undefined) throw new Error('There is no command DefineStockItem');
const { aggregate } = definition;
const id = randomUUID();
const stream = streamName(aggregate, id);
const used = { orderId: randomUUID(), lineId: randomUUID(), recipeVersion: 1, quantity: 2 };
const amount = (of: number) => ({ amount: of, unit: 'piece' });
const defined: Message<string, unknown> = {
  type: 'StockItemDefined',
  data: { stockItemId: id, locationId: randomUUID(), name: 'Buns', displayUnit: 'piece', par: amount(9), reorderPoint: amount(1) },
};
const consumed: Message<string, unknown> = { type: 'StockItemConsumed', data: { stockItemId: id, quantity: 2, uses: [used] } };

const append = async (store: EventStore, expected: number, events: readonly Message<string, unknown>[]): Promise<void> => {
  const done = await store.append({ stream, expected, events, metadata, receipt: null });
  if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
};

const clock = { now: () => new Date() };
const load = (store: EventStore, snapshots: Snapshots): Promise<unknown> =>
  aggregateCache(store, clock, { snapshots }).refresh(aggregate, id);

const loads = async (what: string, store: EventStore, snapshots: Snapshots): Promise<Row> => {
  const times: number[] = [];
  for (let nth = 0; nth < TIMES; nth++) {
    const before = performance.now();
    await load(store, snapshots);
    times.push(performance.now() - before);
  }
  return { what, at: eventsOf(EVENTS), perSecond: null, ...timingOf(times) };
};

const measure = async (store: EventStore, pool: Pool): Promise<readonly Row[]> => {
  for (let at = 0; at < EVENTS; at += PER_APPEND) {
    await append(
      store,
      at,
      Array.from({ length: PER_APPEND }, (_, nth) => (at + nth === 0 ? defined : consumed)),
    );
  }
  const making = await postgresSnapshots({ pool, version: deciderVersion(), log });
  await load(store, making);
  await making.close();
  // Half an interval more than the snapshot holds, as on average.
  await append(
    store,
    EVENTS,
    Array.from({ length: 250 }, () => consumed),
  );
  const without = await loads('cold load without a snapshot', store, noSnapshots);
  const snapshots = await postgresSnapshots({ pool, version: deciderVersion(), log });
  return [without, await loads('cold load with a snapshot', store, snapshots)];
};

export const coldLoads = (): Promise<Measured> =>
  withServer({ durable: true }, async (server) => {
    const url = await server.migrated('ours');
    const pool = openPool(url, { name: 'bench', max: 4, log });
    const store = postgresEventStore({ pool, url });
    const rows = await measure(store, pool);
    await store.close();
    await pool.end();
    return { rows, notes: [server.settings] };
  });

if (import.meta.main) console.log(told(await coldLoads()));
