import { EventEmitter } from 'node:events';

/** One record of the server's log, as far as a client can tell. */
export type Recorded = Proposed & {
  readonly stream: string;
  /** From 0 in each stream, as on the wire. */
  readonly revision: number;
  readonly commit: bigint;
  readonly prepare: bigint;
  /** Ticks of 100 ns since 1970. */
  readonly created: bigint;
};

export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type Expected = 'any' | 'no-stream' | 'stream-exists' | number;

export type Tampering = 'removed' | 'inserted' | 'swapped' | Partial<Recorded>;

/** `current` -1: there is no stream. */
export type Written =
  | { readonly kind: 'written'; readonly last: Recorded | null; readonly revision: number }
  | { readonly kind: 'wrong-expected-version'; readonly current: number }
  | { readonly kind: 'deleted' };

/** Positions are offsets into a file: they rise, with gaps. */
const RECORD_BYTES = 64n;

/** The server's memory, which outlives its restarts. Tells its `changes` of each append. */
export const keptLog = () => {
  const all: Recorded[] = [];
  const streams = new Map<string, Recorded[]>();
  const tombstones = new Set<string>();
  const changes = new EventEmitter().setMaxListeners(0);

  const holds = (expected: Expected, current: number): boolean =>
    expected === 'any' ||
    (expected === 'no-stream' && current < 0) ||
    (expected === 'stream-exists' && current >= 0) ||
    expected === current;

  /** A retry with the same ids at the same place is told what the first was told. */
  const writtenBefore = (events: readonly Recorded[], expected: Expected, proposed: readonly Proposed[]): Written | null => {
    const from = expected === 'no-stream' ? 0 : typeof expected === 'number' ? expected + 1 : -1;
    if (from < 0 || proposed.length === 0 || !proposed.every(({ id }, nth) => events[from + nth]?.id === id)) return null;
    const revision = from + proposed.length - 1;
    return { kind: 'written', last: events[revision] ?? null, revision };
  };

  const append = (stream: string, expected: Expected, proposed: readonly Proposed[]): Written => {
    if (tombstones.has(stream)) return { kind: 'deleted' };
    const events = streams.get(stream) ?? [];
    const before = writtenBefore(events, expected, proposed);
    if (before !== null) return before;
    const current = events.length - 1;
    if (!holds(expected, current)) return { kind: 'wrong-expected-version', current };
    streams.set(stream, events);
    for (const event of proposed) {
      const commit = BigInt(all.length + 1) * RECORD_BYTES;
      // Another prepare than commit position, as transactions have it, shows whether a client keeps the two apart.
      const recorded = { ...event, stream, revision: events.length, commit, prepare: commit - 1n, created: BigInt(Date.now()) * 10_000n };
      events.push(recorded);
      all.push(recorded);
    }
    changes.emit('appended');
    return { kind: 'written', last: events.at(-1) ?? null, revision: events.length - 1 };
  };

  /** As if someone had been at the server's files; from 0, and the first event of ours need not be the first record. */
  const tamper = (nth: number, with_: Tampering): void => {
    const record = all[nth];
    if (record === undefined) throw new RangeError(`There is no record ${nth}`);
    if (with_ === 'removed') all.splice(nth, 1);
    else if (with_ === 'inserted') all.splice(nth, 0, { ...record, commit: record.commit - RECORD_BYTES / 2n });
    else if (with_ === 'swapped') {
      const { commit, prepare } = record;
      const next = all[nth + 1] ?? record;
      all.splice(nth, 2, { ...next, commit, prepare }, { ...record, commit: next.commit, prepare: next.prepare });
    } else all[nth] = { ...record, ...with_ };
  };

  return {
    tamper,
    /** What to give back to `restore` to undo what was tampered with. */
    saved: (): readonly Recorded[] => [...all],
    restore: (records: readonly Recorded[]): void => void all.splice(0, all.length, ...records),
    all: all as readonly Recorded[],
    changes,
    append,
    stream: (name: string): readonly Recorded[] => streams.get(name) ?? [],
    isTombstone: (name: string): boolean => tombstones.has(name),
    /** What an operator does; the records stay in $all until a scavenge. */
    remove: (name: string, forEver: boolean): void => {
      streams.delete(name);
      if (forEver) tombstones.add(name);
    },
  };
};

export type KeptLog = ReturnType<typeof keptLog>;
