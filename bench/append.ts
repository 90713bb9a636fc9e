import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { EventStore } from '../src/commands/ports.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { ratio, say, told, NO_TIMES, type Measured, type Options, type Row } from './report.ts';
import { closedLoop, type Paced } from './support/closed-loop.ts';
import { emmett, type EmmettModule } from './support/emmett.ts';
import { data, lineAdded, metadata } from './support/line-added.ts';
import { createYardstickTable, findPgbench } from './support/pgbench.ts';
import { log, withServer, type Server } from './support/server.ts';

/** How fast durable appends are, each with its expected revision, to streams that are there already. */
const YARDSTICK_CLIENTS = 64;
/** Of 10, 20 and 64 the number it is fastest with. */
const EMMETT_CONNECTIONS = 20;
const STREAMS_PER_WRITER = 8;

const writersOf = (count: number): string => (count === 1 ? '1 writer' : `${count} writers`);

type Stream = { readonly name: string; revision: number };
type AppendTo = (stream: Stream) => Promise<void>;

/** Every writer has streams of his own and knows how far they are, so that no append is refused. */
const appending = async (writers: number, seconds: number, append: AppendTo): Promise<Paced> => {
  const streams = Array.from({ length: writers * STREAMS_PER_WRITER }, () => ({ name: `Order-${randomUUID()}`, revision: 0 }));
  const to = async (nth: number): Promise<void> => {
    const stream = streams[nth];
    if (stream === undefined) throw new Error('A writer without a stream');
    await append(stream);
    stream.revision++;
  };
  for (let nth = 0; nth < STREAMS_PER_WRITER; nth++) {
    await Promise.all(Array.from({ length: writers }, (_, writer) => to(writer * STREAMS_PER_WRITER + nth)));
  }
  return closedLoop(writers, seconds, (writer, nth) => to(writer * STREAMS_PER_WRITER + (nth % STREAMS_PER_WRITER)));
};

/** Each append begins a stream. */
const beginning = (writers: number, seconds: number, append: AppendTo): Promise<Paced> =>
  closedLoop(writers, seconds, () => append({ name: `Order-${randomUUID()}`, revision: 0 }));

const toStore =
  (store: EventStore, withReceipts: boolean): AppendTo =>
  async ({ name, revision }) => {
    const receipt = withReceipts
      ? { scope: 'pos-1', key: randomUUID(), fingerprint: name, outcome: { kind: 'done' as const, ids: {} } }
      : null;
    const done = await store.append({ stream: name, expected: revision, events: [lineAdded], metadata, receipt });
    if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
  };

const pgClients = async (url: string, seconds: number): Promise<Paced> => {
  const clients = Array.from({ length: YARDSTICK_CLIENTS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const insert = { name: 'insert', text: 'insert into yardstick (data) values ($1)', values: [JSON.stringify(data)] };
  const paced = await closedLoop(clients.length, seconds, async (writer) => void (await clients[writer]?.query(insert)));
  await Promise.all(clients.map((client) => client.end()));
  return paced;
};

const withEmmett = async ({ openEmmett }: EmmettModule, url: string, seconds: number): Promise<Paced> => {
  const { append, close } = await openEmmett(url, EMMETT_CONNECTIONS);
  const paced = await appending(YARDSTICK_CLIENTS, seconds, ({ name, revision }) => append(name, revision, lineAdded));
  await close();
  return paced;
};

/** The yardsticks first; ours are told beside each of them. */
export const appendsOn = async (server: Server, seconds: number, writers: readonly number[]): Promise<Measured> => {
  const notes = [server.settings];
  const rows: Row[] = [];
  const yardsticks = new Map<string, number>();
  const yardstick = (name: string, what: string, clients: number, figures: Pick<Row, 'perSecond' | 'p50Ms' | 'p99Ms' | 'maxMs'>): void => {
    yardsticks.set(name, figures.perSecond ?? Number.NaN);
    rows.push({ what, at: writersOf(clients), ...figures });
  };

  say('appends, the yardsticks');
  const plain = await server.database('yardstick');
  await createYardstickTable(plain);
  const pgbench = findPgbench();
  if (pgbench === null) notes.push('pgbench is not on this machine: the same rows from as many pg clients are the yardstick.');
  else {
    const perSecond = await pgbench.perSecond(plain, YARDSTICK_CLIENTS, seconds);
    yardstick('pgbench', `one row a commit, pgbench ${pgbench.version}`, YARDSTICK_CLIENTS, {
      perSecond,
      ...NO_TIMES,
    });
  }
  yardstick('pg clients', 'one row a commit, pg clients in Node', YARDSTICK_CLIENTS, await pgClients(plain, seconds));
  const peer = await emmett();
  if (typeof peer === 'string') notes.push(peer);
  else yardstick('Emmett', 'appends, Emmett', YARDSTICK_CLIENTS, await withEmmett(peer, await server.database('emmett'), seconds));

  const url = await server.migrated('ours');
  const pool = openPool(url, { name: 'bench', max: 4, log });
  const store = postgresEventStore({ pool, url });
  const ours = async (what: string, count: number, measure: typeof appending, withReceipts = false): Promise<void> => {
    say(`${what}, ${writersOf(count)}`);
    const figures = await measure(count, seconds, toStore(store, withReceipts));
    const beside = Object.fromEntries([...yardsticks].map(([name, perSecond]) => [name, ratio(figures.perSecond, perSecond)]));
    // Fewer writers than the yardsticks have are not beside them.
    rows.push({ what, at: writersOf(count), ...figures, ...(count < YARDSTICK_CLIENTS ? {} : { beside }) });
  };
  try {
    await appending(16, 1, toStore(store, true));
    for (const count of writers) await ours('appends', count, appending);
    await ours('appends with receipts', YARDSTICK_CLIENTS, appending, true);
    await ours('appends to new streams', YARDSTICK_CLIENTS, beginning);
  } finally {
    await store.close();
    await pool.end();
  }
  return { rows, notes };
};

export const durableAppends = ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> =>
  withServer({ durable: true }, (server) => appendsOn(server, seconds, [1, 16, 64, 256]));

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
  console.log(told(await durableAppends({ seconds: Number(values.seconds) })));
}
