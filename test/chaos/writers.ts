import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { appendOf, receiptFor } from '../infra/event-store/appends.ts';
import { log } from '../infra/projections/read-models.ts';
import { testDatabase } from '../support/postgres.ts';
import { secondsSince, type Figures, type Trial } from './trial.ts';
import type { Orders, Told } from './writers-child.ts';
import { USED_KEY, type Read, type Tally } from './writing.ts';

const PROCESSES = 2;
const WRITERS = 64;
const FOLLOWERS = 10;
const STREAMS = 5_000;

type Writing = { readonly wrote: Promise<Tally>; readonly read: Promise<readonly Read[]>; readonly end: (position: number) => void };

const startWriting = (orders: Orders, onProgress: (written: number) => void): Writing & { readonly child: ChildProcess } => {
  const child = fork(path.join(import.meta.dirname, 'writers-child.ts'));
  const wrote = Promise.withResolvers<Tally>();
  const read = Promise.withResolvers<readonly Read[]>();
  child.on('message', (told: Told) => {
    if (told.kind === 'progress') onProgress(told.written);
    else if (told.kind === 'wrote') wrote.resolve(told.tally);
    else read.resolve(told.reads);
  });
  child.once('exit', (code, signal) => {
    const ended = new Error(`A writing process ended with ${String(code ?? signal)}`);
    wrote.reject(ended);
    read.reject(ended);
  });
  // Waited for one after the other: what befalls the later one first is told in its turn.
  for (const one of [wrote.promise, read.promise]) one.catch(() => undefined);
  const send = (message: Orders): void => void child.send(message);
  send(orders);
  return { child, wrote: wrote.promise, read: read.promise, end: (position) => send({ kind: 'end', position }) };
};

type LogState = { readonly gaps: number; readonly torn: number; readonly head: number };
const LOG_STATE = `select h.position::int as head, (h.position - (select count(*) from public.events))::int as gaps,
  (select count(*)::int from (select from public.events group by stream_id having max(revision) <> count(*)) torn) as torn
  from public.log_head h`;

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);

const run: Trial['run'] = async (size, { progress }): Promise<Figures> => {
  const database = await testDatabase();
  const { url } = database;
  const pool = openPool(url, { name: 'chaos', max: 2, log });
  const store = postgresEventStore({ pool, url, log });
  const written = Array.from({ length: PROCESSES }, () => 0);
  const begun = performance.now();
  const writing: ReturnType<typeof startWriting>[] = [];
  try {
    await store.append(appendOf('Order-used', 0, { receipt: receiptFor(USED_KEY) }));
    for (let nth = 0; nth < PROCESSES; nth++) {
      const [writers, followers, events] = [WRITERS / PROCESSES, FOLLOWERS / PROCESSES, Math.ceil(size / PROCESSES)];
      const orders: Orders = { kind: 'write', url, seed: nth * writers, writers, followers, streams: STREAMS, events };
      const onProgress = (some: number): void => {
        written[nth] = some;
        progress(sum(written, (each) => each));
      };
      writing.push(startWriting(orders, onProgress));
    }
    const tallies = await Promise.all(writing.map(({ wrote }) => wrote));
    const seconds = secondsSince(begun);
    const end = (await store.head()) + 1;
    await store.append(appendOf('Order-last', 0));
    for (const each of writing) each.end(end);
    const readers = (await Promise.all(writing.map(({ read }) => read))).flat();
    const { rows } = await pool.query<LogState>(LOG_STATE);
    const [state] = rows;
    const events = sum(tallies, (tally) => tally.written);
    const figures = {
      skipped: sum(readers, ({ skipped }) => skipped),
      'out of order': sum(readers, ({ outOfOrder }) => outOfOrder),
      gaps: state?.gaps ?? -1,
    };
    expect(figures).to.deep.equal({ skipped: 0, 'out of order': 0, gaps: 0 });
    expect(state).to.deep.include({ torn: 0, head: events + 2 });
    expect(readers.map(({ read }) => read)).to.deep.equal(Array.from({ length: FOLLOWERS }, () => events + 2));
    const failed = sum(tallies, (tally) => tally.failed);
    expect(failed, 'failed batches').to.be.greaterThan(0);
    return {
      events,
      processes: PROCESSES,
      conflicts: sum(tallies, ({ conflicts }) => conflicts),
      'known keys': sum(tallies, ({ known }) => known),
      'failed batches': failed,
      ...figures,
      'events/s': Math.round(events / seconds),
    };
  } finally {
    for (const { child } of writing) child.kill();
    await store.close();
    await pool.end();
    await database.close();
  }
};

/** Many write from two processes, some of it refused or failing, while others follow. */
export const writers: Trial = { name: 'writers', unit: 'events', short: 5_000, long: 1_000_000, run };
