import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import type { EventStore, Metadata } from '../src/commands/ports.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { startEmbedded } from '../src/infra/postgres/embedded.ts';
import { migrate } from '../src/infra/postgres/migrate.ts';
import { table, type Row } from './report.ts';

/** How fast durable appends are, beside the cheapest durable write there is: one row, one commit, from many connections. */
export type Figure = {
  readonly what: string;
  readonly writers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

const YARDSTICK_CLIENTS = 64;
const STREAMS_PER_WRITER = 8;

export const metadata: Metadata = {
  commandId: randomUUID(),
  commandType: 'AddOrderLines',
  correlationId: randomUUID(),
  causationId: null,
  actor: { userId: randomUUID(), roles: ['server'], terminalId: 'pos-1' },
  locationId: randomUUID(),
  occurredAt: null,
  traceParent: null,
  schemaVersion: 1,
};
export const data = {
  orderId: randomUUID(),
  lineId: randomUUID(),
  menuItem: 'grilled-cheese-burger',
  station: 'grill',
  quantity: 1,
  priceCents: 1450,
  modifiers: ['extra-cheese', 'gluten-free-bun'],
  note: 'no onions, allergy: sesame, well done, sauce on the side, table by the window',
};

export const closedLoop = async (
  what: string,
  writers: number,
  seconds: number,
  work: (writer: number, nth: number) => Promise<void>,
): Promise<Figure> => {
  const times: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let nth = 0; performance.now() < end; nth++) {
        const before = performance.now();
        await work(writer, nth);
        times.push(performance.now() - before);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(2));
  return {
    what,
    writers,
    perSecond: Math.round(times.length / elapsed),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: Number((times.at(-1) ?? 0).toFixed(2)),
  };
};

const singleRowInserts = async (url: string, seconds: number): Promise<Figure> => {
  const clients = await Promise.all(
    Array.from({ length: YARDSTICK_CLIENTS }, async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  await clients[0]?.query('create table yardstick (id bigint generated always as identity primary key, data jsonb not null)');
  const row = JSON.stringify(data);
  const insert = { name: 'insert', text: 'insert into yardstick (data) values ($1)', values: [row] };
  const figure = await closedLoop(
    'single-row inserts',
    YARDSTICK_CLIENTS,
    seconds,
    async (writer) => void (await clients[writer]?.query(insert)),
  );
  await Promise.all(clients.map((client) => client.end()));
  return figure;
};

type Variant = { readonly what: string; readonly receipts: boolean };

const appends = (store: EventStore, { what, receipts }: Variant, writers: number, seconds: number): Promise<Figure> => {
  const streams = Array.from({ length: writers * STREAMS_PER_WRITER }, () => ({ stream: `Order-${randomUUID()}`, revision: 0 }));
  return closedLoop(what, writers, seconds, async (writer, nth) => {
    const own = streams[writer * STREAMS_PER_WRITER + (nth % STREAMS_PER_WRITER)];
    if (own === undefined) throw new Error('A writer without a stream');
    const receipt = receipts
      ? { scope: 'pos-1', key: randomUUID(), fingerprint: own.stream, outcome: { kind: 'done' as const, ids: {} } }
      : null;
    const events = [{ type: 'OrderLinesAdded', data }];
    const done = await store.append({ stream: own.stream, expected: own.revision, events, metadata, receipt });
    if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
    own.revision = done.revision;
  });
};

const measure = async (url: string, pool: Pool, seconds: number): Promise<readonly Figure[]> => {
  const store = postgresEventStore({ pool, url });
  const figures: Figure[] = [];
  try {
    await appends(store, { what: 'warming up', receipts: true }, 16, 1);
    figures.push(await singleRowInserts(url, seconds));
    for (const writers of [1, 16, 64, 256]) figures.push(await appends(store, { what: 'appends', receipts: false }, writers, seconds));
    figures.push(await appends(store, { what: 'appends with receipts', receipts: true }, 64, seconds));
    return figures;
  } finally {
    await store.close();
  }
};

/** Appends on a durable embedded PostgreSQL of its own. */
export const durableAppends = async (seconds: number): Promise<readonly Row[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
  const log = pino({ level: 'warn' }, pino.destination(2));
  const server = await startEmbedded({ folder, durable: true, log });
  try {
    await migrate(server.url);
    const pool = openPool(server.url, { name: 'bench', max: 4, log });
    const figures = await measure(server.url, pool, seconds);
    await pool.end();
    const yardstick = figures[0]?.perSecond ?? Number.NaN;
    return figures.map(({ what, writers, ...figure }) => ({
      what,
      at: `${writers} writers`,
      ...figure,
      ratio: Number((figure.perSecond / yardstick).toFixed(2)),
    }));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
  console.log(table(await durableAppends(Number(values.seconds))));
}
