import { expect } from 'chai';
import type { Pool } from 'pg';
import { DependencyDown, START, type EventStore } from '../../src/commands/ports.ts';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { appendOf, note, receiptFor, together } from '../infra/event-store/appends.ts';
import { log } from '../infra/projections/read-models.ts';
import { testDatabase } from '../support/postgres.ts';
import { below, diceOf, oneOf, secondsSince, type Dice, type Figures, type Trial } from './trial.ts';

const WRITERS = 64;
const FOLLOWERS = 10;
const STREAMS = 5_000;
const FAILING = 0.03;
/** A revision that no integer of the database holds: it refuses the whole batch. */
const IMPOSSIBLE = 2 ** 31 - 1;

type Instance = { readonly store: EventStore; readonly pool: Pool };

const openInstance = (url: string): Instance => {
  const pool = openPool(url, { name: 'chaos', max: 10, log });
  return { pool, store: postgresEventStore({ pool, url, log }) };
};

type Tally = { written: number; conflicts: number; known: number; failed: number; pauses: number };

/** What must not come through: on a stale revision, under a used key, or failing with all of its batch. */
const wrongly = async (store: EventStore, dice: Dice, stream: string, tally: Tally): Promise<void> => {
  const kind = below(dice, 3);
  const expected = kind === 2 ? IMPOSSIBLE : 2 ** 20;
  const outcome = await store
    .append(appendOf(stream, kind === 1 ? 0 : expected, { events: [note('never')], receipt: kind === 1 ? receiptFor('used') : null }))
    .catch(() => null);
  if (outcome === null) tally.failed++;
  else if (outcome.kind === 'conflict') tally.conflicts++;
  else if (outcome.kind === 'known') tally.known++;
  else throw new Error(`Came through: ${JSON.stringify(outcome)}`);
};

const write = async (store: EventStore, dice: Dice, streams: readonly string[], until: () => boolean, tally: Tally): Promise<void> => {
  const seen = new Map<string, number>();
  while (!until()) {
    const stream = oneOf(dice, streams);
    if (dice() < FAILING) await wrongly(store, dice, stream, tally);
    if (dice() < 0.01) {
      tally.pauses++;
      await new Promise((resolve) => setTimeout(resolve, below(dice, 20)));
    }
    const events = Array.from({ length: 1 + below(dice, 5) }, (_, nth) => note(nth));
    const outcome = await store.append(appendOf(stream, seen.get(stream) ?? 0, { events })).catch((error: unknown) => {
      if (!(error instanceof DependencyDown)) throw error;
      return null;
    });
    if (outcome?.kind === 'conflict') tally.conflicts++;
    if (outcome?.kind === 'conflict') seen.set(stream, outcome.actual);
    if (outcome?.kind === 'appended') seen.set(stream, outcome.revision);
    if (outcome?.kind === 'appended') tally.written += events.length;
  }
};

type Read = { read: number; skipped: number; outOfOrder: number };

/** Until the position that `end` answers once it is known. */
const follow = async (store: EventStore, limit: number, end: () => number): Promise<Read> => {
  const found: Read = { read: 0, skipped: 0, outOfOrder: 0 };
  const revisions = new Map<string, number>();
  const stop = new AbortController();
  let last = 0;
  for await (const { events } of store.follow(START, { limit, signal: stop.signal })) {
    for (const { position, stream, revision } of events) {
      if (position !== last + 1) found.skipped++;
      if (revision !== (revisions.get(stream) ?? 0) + 1) found.outOfOrder++;
      revisions.set(stream, revision);
      last = position;
      found.read++;
    }
    if (last >= end()) stop.abort();
  }
  return found;
};

type LogState = { readonly gaps: number; readonly torn: number; readonly head: number };
const LOG_STATE = `select h.position::int as head, (h.position - count(e.position))::int as gaps,
  (select count(*)::int from (select from public.events group by stream_id having max(revision) <> count(*)) torn) as torn
  from public.log_head h left join public.events e on true group by h.position`;

const run = async (size: number): Promise<Figures> => {
  const database = await testDatabase();
  const instances = [openInstance(database.url), openInstance(database.url)] as const;
  const storeOf = (nth: number): EventStore => instances[nth % 2 === 0 ? 0 : 1].store;
  try {
    const streams = Array.from({ length: STREAMS }, (_, nth) => `Order-${nth}`);
    const tally: Tally = { written: 0, conflicts: 0, known: 0, failed: 0, pauses: 0 };
    await storeOf(0).append(appendOf('Order-used', 0, { receipt: receiptFor('used') }));
    let end = Infinity;
    const following = together(FOLLOWERS, (nth) => follow(storeOf(nth), 100 + 150 * nth, () => end));
    const begun = performance.now();
    await together(WRITERS, (nth) => write(storeOf(nth), diceOf(nth), streams, () => tally.written >= size, tally));
    const seconds = secondsSince(begun);
    end = (await storeOf(0).head()) + 1;
    await storeOf(1).append(appendOf('Order-last', 0));
    const readers = await following;
    const { rows } = await instances[0].pool.query<LogState>(LOG_STATE);
    const [state] = rows;
    const sum = (of: (read: Read) => number): number => readers.reduce((total, read) => total + of(read), 0);
    const figures = { skipped: sum((read) => read.skipped), 'out of order': sum((read) => read.outOfOrder), gaps: state?.gaps ?? -1 };
    expect(figures).to.deep.equal({ skipped: 0, 'out of order': 0, gaps: 0 });
    expect(state).to.deep.include({ torn: 0, head: tally.written + 2 });
    expect(readers.map(({ read }) => read)).to.deep.equal(readers.map(() => tally.written + 2));
    expect(tally.failed, 'failed batches').to.be.greaterThan(0);
    const { written, conflicts, known, failed } = tally;
    return {
      events: written,
      conflicts,
      'known keys': known,
      'failed batches': failed,
      ...figures,
      'events/s': Math.round(written / seconds),
    };
  } finally {
    for (const { store } of instances) await store.close();
    for (const { pool } of instances) await pool.end();
    await database.close();
  }
};

/** Many write, some of it refused or failing, while others follow. */
export const writers: Trial = { name: 'writers', unit: 'events', short: 5_000, long: 1_000_000, run };
