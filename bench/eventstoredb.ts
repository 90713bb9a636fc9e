import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import type { EventStore } from '../src/commands/ports.ts';
import { eventStoreDb } from '../src/infra/event-store/eventstoredb/event-store.ts';
import type { Pace } from './eventstoredb-stub.ts';
import { ratio, told, type Measured, type Options, type Row } from './report.ts';
import { appending } from './support/appending.ts';
import type { Paced } from './support/closed-loop.ts';
import { lineAdded, metadata } from './support/line-added.ts';
import { timingOf } from './support/timing.ts';

/**
 * What several connections to EventStoreDB bring. Its server is not here: a stub answers over the same protocol from memory, in a
 * process of its own, with as many calls on a connection as Kestrel, which the server is built on, allows by default, and an append
 * takes it nothing, or as long as on a cluster that is far apart or busy. So the figures say what connections bring, and nothing of EventStoreDB's own speed.
 */
const CALLS_A_CONNECTION = 100;
const SLOW_MS = 100;
const CHANNELS = [1, 2, 4];
const WRITERS = [64, 256];
const AT_ONCE = 400;
const TURNS = 5;

const withStub = async <T>(pace: Pace, work: (url: string) => Promise<T>): Promise<T> => {
  const child = fork(join(import.meta.dirname, 'eventstoredb-stub.ts'));
  try {
    child.send(pace);
    const [url] = (await once(child, 'message')) as [string];
    return await work(url);
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
};

const appends = (store: EventStore, writers: number, seconds: number): Promise<Paced> =>
  appending(writers, seconds, async ({ name, revision }) => {
    const done = await store.append({ stream: name, expected: revision, events: [lineAdded], metadata, receipt: null });
    if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
  });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** As many appends as there are, to as many streams, begun together. */
const atOnce = async (store: EventStore): Promise<Paced> => {
  const one = () => store.append({ stream: `Order-${randomUUID()}`, expected: 0, events: [lineAdded], metadata, receipt: null });
  let times: readonly number[] = [];
  const all = await timed(async () => (times = await Promise.all(Array.from({ length: AT_ONCE }, () => timed(one)))));
  return { perSecond: Math.round((AT_ONCE * 1000) / all), ...timingOf(times) };
};

type Load = { readonly at: string; readonly run: (store: EventStore, seconds: number) => Promise<Paced> };
const loads: readonly Load[] = [
  ...WRITERS.map((writers): Load => ({ at: `${writers} writers`, run: (store, seconds) => appends(store, writers, seconds) })),
  { at: `${AT_ONCE} at once`, run: atOnce },
];

type Opened = { readonly channels: number; readonly store: EventStore };

/** In turns, so that what else the machine does strikes all alike; of each the turn in the middle. */
const inTurns = async (opened: readonly Opened[], { run }: Load, seconds: number): Promise<ReadonlyMap<number, Paced>> => {
  const turns = new Map(opened.map(({ channels }) => [channels, [] as Paced[]]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const { channels, store } of opened) turns.get(channels)?.push(await run(store, seconds / TURNS));
  const middle = (figures: readonly Paced[]): Paced => {
    const figure = figures.toSorted((a, b) => a.perSecond - b.perSecond)[TURNS >> 1];
    if (figure === undefined) throw new Error('Nothing was measured');
    return figure;
  };
  return new Map([...turns].map(([channels, figures]) => [channels, middle(figures)]));
};

const measure = async (url: string, appendMs: number, seconds: number): Promise<readonly Row[]> => {
  // Receipts are not measured here, so that it is never connected to.
  const pool = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' });
  const opened = CHANNELS.map((channels): Opened => ({ channels, store: eventStoreDb({ url, channels, pool }) }));
  try {
    for (const { store } of opened) await appends(store, 16, 0.5);
    const rows: Row[] = [];
    for (const load of loads) {
      const figures = await inTurns(opened, load, seconds);
      const alone = figures.get(1)?.perSecond ?? Number.NaN;
      for (const [channels, paced] of figures) {
        const what = `appends to a stub, ${appendMs} ms each, ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
        rows.push({ what, at: load.at, ...paced, ...(channels === 1 ? {} : { beside: { 'one channel': ratio(paced.perSecond, alone) } }) });
      }
    }
    return rows;
  } finally {
    for (const { store } of opened) await store.close();
    await pool.end();
  }
};

export const appendsToEventStoreDb = async ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> => {
  const rows: Row[] = [];
  for (const appendMs of [0, SLOW_MS])
    rows.push(...(await withStub({ appendMs, callsAConnection: CALLS_A_CONNECTION }, (url) => measure(url, appendMs, seconds))));
  return { rows, notes: ['A stub answers in the place of EventStoreDB, over the same protocol.'] };
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
  console.log(told(await appendsToEventStoreDb({ seconds: Number(values.seconds) })));
}
