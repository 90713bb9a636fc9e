import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { EventStore } from '../src/commands/ports.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { ratio, say, told, type Measured, type Options, type Row } from './report.ts';
import { appendYardsticks, CLIENTS, faster, type Yardstick } from './support/append-yardsticks.ts';
import { appending, beginning, type Appending, type AppendTo } from './support/appending.ts';
import type { Paced } from './support/closed-loop.ts';
import { lineAdded, metadata } from './support/line-added.ts';
import { log, withServer, type Server } from './support/server.ts';

/** How fast durable appends are, each of one event with its expected revision. */
const writersOf = (count: number): string => (count === 1 ? '1 writer' : `${count} writers`);

const toStore =
  (store: EventStore, withReceipts: boolean): AppendTo =>
  async ({ name, revision }) => {
    const receipt = withReceipts
      ? { scope: 'pos-1', key: randomUUID(), fingerprint: name, outcome: { kind: 'done' as const, ids: {} } }
      : null;
    const done = await store.append({ stream: name, expected: revision, events: [lineAdded], metadata, receipt });
    if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
  };

type Ours = { readonly what: string; readonly writers: number; readonly paced: Paced };

const ours = async (server: Server, seconds: number, writers: readonly number[]): Promise<readonly Ours[]> => {
  const url = await server.migrated('ours');
  const pool = openPool(url, { name: 'bench', max: 4, log });
  const store = postgresEventStore({ pool, url });
  const measure = async (what: string, count: number, how: Appending, withReceipts = false): Promise<Ours> => {
    say(`${what}, ${writersOf(count)}`);
    return { what, writers: count, paced: await how(count, seconds, toStore(store, withReceipts)) };
  };
  try {
    await appending(16, 1, toStore(store, true));
    const figures: Ours[] = [];
    for (const count of writers) figures.push(await measure('appends', count, appending));
    figures.push(await measure('appends with receipts', CLIENTS, appending, true));
    figures.push(await measure('appends to new streams', CLIENTS, beginning));
    return figures;
  } finally {
    await store.close();
    await pool.end();
  }
};

/** Fewer writers than the yardsticks have are not set beside them. */
const besideOf = ({ writers, paced }: Ours, yardsticks: readonly Yardstick[]): Pick<Row, 'beside'> =>
  writers < CLIENTS ? {} : { beside: Object.fromEntries(yardsticks.map(({ name, row }) => [name, ratio(paced.perSecond, row.perSecond)])) };

export const appendsOn = async (server: Server, seconds: number, writers: readonly number[]): Promise<Measured> => {
  const { measure, notes } = await appendYardsticks();
  say('what appends are set beside');
  const before = await measure(server, seconds);
  const figures = await ours(server, seconds, writers);
  say('what appends are set beside, once more');
  const yardsticks = faster(before, await measure(server, seconds));
  return {
    rows: [
      ...yardsticks.map(({ row }) => row),
      ...figures.map((one) => ({ what: one.what, at: writersOf(one.writers), ...one.paced, ...besideOf(one, yardsticks) })),
    ],
    notes: [server.settings, ...notes],
  };
};

export const durableAppends = ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> =>
  withServer({ durable: true }, (server) => appendsOn(server, seconds, [1, 16, 64, 256]));

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
  console.log(told(await durableAppends({ seconds: Number(values.seconds) })));
}
