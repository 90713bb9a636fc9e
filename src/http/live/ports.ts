import type { Json } from '../../domain/decider.ts';

/** A read model's row as its projection makes it: camelCase columns, times ISO 8601. */
export type LiveRow = { readonly [column: string]: Json };

/**
 * Which rows a screen shows. SQL and memory must agree: `equal` is `is not distinct from`, `unequal` is `is distinct from`.
 * Columns are named as in rows (camelCase) and come from our own code, values from the client.
 */
export type RowFilter = {
  readonly projection: string;
  readonly equal: { readonly [column: string]: string | null };
  readonly unequal: { readonly [column: string]: string | null };
};

/** A committed change of one row; `row` null: it is gone. `position` is the log's at the end of the change's batch or event. */
export type RowChange = { readonly position: number; readonly projection: string; readonly key: string; readonly row: LiveRow | null };

export type FeedPage =
  /**
   * Changes after the asked position in commit order, positions never falling. A position is never cut in two by `limit`.
   * `position`: whoever goes on from here misses nothing; at least the last change's, and never under the asked one.
   * `more`: the limit ended the page, ask again at once.
   */
  | { readonly kind: 'page'; readonly changes: readonly RowChange[]; readonly position: number; readonly more: boolean }
  /** Something after the asked position may be forgotten already, or a rebuilt read model took over since: read snapshots anew. */
  | { readonly kind: 'gone' };

/** All changes that were committed after a position, up to another. */
export type News = { readonly after: number; readonly position: number; readonly changes: readonly RowChange[] };

export type Snapshot = { readonly position: number; readonly rows: readonly LiveRow[] };

/** The row changes that the projector committed, as the live stream reads them. A lost connection throws `DependencyDown`. */
export type LiveFeed = {
  /** Where the feed is now: changes up to here are in the read models. */
  readonly position: () => Promise<number>;
  readonly changesAfter: (position: number, limit: number) => Promise<FeedPage>;
  /** Matching rows and the feed's position, both from one database snapshot: `changesAfter(position)` goes on exactly from here. */
  readonly snapshot: (filter: RowFilter) => Promise<Snapshot>;
  /** The log's last position and how far the live projections have come. */
  readonly heads: () => Promise<{ readonly logPosition: number; readonly projectionPosition: number }>;
  /** Calls back when there may be news; may be missed or in vain, the hub polls as well. Answers how to stop. */
  readonly onHint: (hint: () => void) => () => void;
  /**
   * Calls back with what a projector in this process committed, in order, so that it need not be read. Where a read model was
   * replaced, a hint comes before the news that follow it. Answers how to stop.
   */
  readonly onNews: (listener: (news: News) => void) => () => void;
};

export type LiveMetrics = {
  readonly connections: (count: number) => void;
  /** A WebSocket close code: 1000, 1001, 1006 (cut without a word), 44xx as in the protocol. */
  readonly closed: (code: number) => void;
  readonly framesSent: (topic: string, frames: number) => void;
};

/** Real timers in the program, turned by hand in tests. Each answers how to stop it. */
export type Timers = {
  readonly after: (milliseconds: number, run: () => void) => () => void;
  readonly every: (milliseconds: number, run: () => void) => () => void;
};
