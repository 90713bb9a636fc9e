import { DependencyDown, START, type EventStore } from '../../src/commands/ports.ts';
import { appendOf, note, receiptFor } from '../infra/event-store/appends.ts';
import { below, oneOf, type Dice } from './trial.ts';

const FAILING = 0.03;
const PAUSING = 0.01;
/** A revision that no integer of the database holds: it refuses the whole batch. */
const IMPOSSIBLE = 2 ** 31 - 1;

export const USED_KEY = 'used';

export type Tally = { written: number; conflicts: number; known: number; failed: number; pauses: number };
export const emptyTally = (): Tally => ({ written: 0, conflicts: 0, known: 0, failed: 0, pauses: 0 });

/** What must not come through: on a stale revision, under a used key, or failing with all of its batch. */
const wrongly = async (store: EventStore, dice: Dice, stream: string, tally: Tally): Promise<void> => {
  const kind = below(dice, 3);
  const expected = kind === 2 ? IMPOSSIBLE : 2 ** 20;
  const outcome = await store
    .append(appendOf(stream, kind === 1 ? 0 : expected, { events: [note('never')], receipt: kind === 1 ? receiptFor(USED_KEY) : null }))
    .catch(() => null);
  if (outcome === null) tally.failed++;
  else if (outcome.kind === 'conflict') tally.conflicts++;
  else if (outcome.kind === 'known') tally.known++;
  else throw new Error(`Came through: ${JSON.stringify(outcome)}`);
};

/** Appends until told to stop, some of it wrongly, and pauses now and then. */
export const write = async (
  store: EventStore,
  dice: Dice,
  streams: readonly string[],
  until: () => boolean,
  tally: Tally,
): Promise<void> => {
  const seen = new Map<string, number>();
  while (!until()) {
    const stream = oneOf(dice, streams);
    if (dice() < FAILING) await wrongly(store, dice, stream, tally);
    if (dice() < PAUSING) {
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

export type Read = { read: number; skipped: number; outOfOrder: number };

/** Until the position that `ending` tells once it is known. */
export const follow = async (store: EventStore, limit: number, ending: Promise<number>): Promise<Read> => {
  const found: Read = { read: 0, skipped: 0, outOfOrder: 0 };
  const revisions = new Map<string, number>();
  const stop = new AbortController();
  let last = 0;
  let end = Infinity;
  const stopAtEnd = (): void => {
    if (last >= end) stop.abort();
  };
  const waiting = async (): Promise<void> => {
    end = await ending;
    stopAtEnd();
  };
  void waiting();
  for await (const { events } of store.follow(START, { limit, signal: stop.signal })) {
    for (const { position, stream, revision } of events) {
      if (position !== last + 1) found.skipped++;
      if (revision !== (revisions.get(stream) ?? 0) + 1) found.outOfOrder++;
      revisions.set(stream, revision);
      last = position;
      found.read++;
    }
    stopAtEnd();
  }
  return found;
};
