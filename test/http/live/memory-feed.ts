import type { FeedPage, LiveFeed, LiveRow, News, RowChange, Snapshot } from '../../../src/http/live/ports.ts';

type Write = { readonly projection: string; readonly key: string; readonly row: LiveRow | null };

export type MemoryFeed = {
  readonly feed: LiveFeed;
  /** Everything ever written. */
  readonly changes: readonly RowChange[];
  /** Commits at the next position, or some further on; answers it. */
  readonly write: (writes: readonly Write[], step?: number) => number;
  readonly hint: () => void;
  /** Tells all that was committed after a position, with no need to read it. */
  readonly tell: (after: number) => void;
  readonly reads: () => number;
  /** Changes up to here can no longer be read. */
  readonly forget: (through: number) => void;
  /** Other rows take over at the same position, as a rebuilt read model's do; the next to read changes is told. */
  readonly rebuild: (writes: readonly Write[]) => void;
  /** What every reading fails with; null: none does. */
  readonly breakWith: (error: Error | null) => void;
  readonly snapshotsRead: () => number;
};

/** The row changes of a log that lives in memory; `pause` is awaited before and after each look at it. */
export const memoryFeed = (pause: () => Promise<unknown> = () => Promise.resolve()): MemoryFeed => {
  const changes: RowChange[] = [];
  const tables = new Map<string, Map<string, LiveRow>>();
  const listeners = new Set<() => void>();
  const newsListeners = new Set<(news: News) => void>();
  let position = 0;
  let forgotten = 0;
  let rebuilt = false;
  let broken: Error | null = null;
  let snapshots = 0;
  let reads = 0;

  const look = async <T>(read: () => T): Promise<T> => {
    await pause();
    if (broken !== null) throw broken;
    const seen = read();
    await pause();
    return seen;
  };

  const pageAfter = (after: number, limit: number): FeedPage => {
    if (after < forgotten || rebuilt) {
      rebuilt = false;
      return { kind: 'gone' };
    }
    const later = changes.filter((change) => change.position > after);
    const last = later[limit - 1];
    if (last === undefined || later.length === limit)
      return { kind: 'page', changes: later, position: Math.max(position, after), more: false };
    return { kind: 'page', changes: later.filter((change) => change.position <= last.position), position: last.position, more: true };
  };

  const rowsOf = ({ projection, equal, unequal }: Parameters<LiveFeed['snapshot']>[0]): Snapshot => {
    snapshots += 1;
    const rows = [...(tables.get(projection)?.values() ?? [])].filter(
      (row) =>
        Object.keys(equal).every((column) => (row[column] ?? null) === equal[column]) &&
        Object.keys(unequal).every((column) => (row[column] ?? null) !== unequal[column]),
    );
    return { position, rows };
  };

  const write: MemoryFeed['write'] = (writes, step = 1) => {
    position += step;
    keep(writes);
    changes.push(...writes.map((one) => ({ position, ...one })));
    return position;
  };

  const keep = (writes: readonly Write[]): void => {
    for (const { projection, key, row } of writes) {
      const table = tables.get(projection) ?? new Map<string, LiveRow>();
      tables.set(projection, table);
      if (row === null) table.delete(key);
      else table.set(key, row);
    }
  };

  const feed: LiveFeed = {
    position: () => look(() => position),
    changesAfter: (after, limit) => {
      reads += 1;
      return look(() => pageAfter(after, limit));
    },
    snapshot: (filter) => look(() => rowsOf(filter)),
    heads: () => look(() => ({ logPosition: position + 1, projectionPosition: position })),
    onHint: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onNews: (listener) => {
      newsListeners.add(listener);
      return () => newsListeners.delete(listener);
    },
  };
  return {
    feed,
    changes,
    write,
    hint: () => listeners.forEach((listener) => listener()),
    tell: (after) =>
      newsListeners.forEach((listener) => listener({ after, position, changes: changes.filter((change) => change.position > after) })),
    reads: () => reads,
    forget: (through) => {
      forgotten = through;
    },
    rebuild: (writes) => {
      tables.clear();
      keep(writes);
      rebuilt = true;
    },
    breakWith: (error) => {
      broken = error;
    },
    snapshotsRead: () => snapshots,
  };
};
