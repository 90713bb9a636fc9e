/**
 * The live stream's messages: JSON text frames on a WebSocket at `/api/v1/live`. docs/live.md tells the story around them.
 * No imports, so that pages can share this file.
 */

export const LIVE_PATH = '/api/v1/live';

export type TopicName = 'kitchen' | 'expo' | 'all-day' | 'tables' | 'alerts';

/** First, within 5 s; the ticket comes from `POST /api/v1/live/tickets` and is good for one connection. */
export type Authenticate = { readonly type: 'authenticate'; readonly ticket: string };

/** `id` is the client's own name for it (up to 64 characters), on every frame that belongs to it. */
export type Subscribe = {
  readonly type: 'subscribe';
  readonly id: string;
  readonly topic: TopicName;
  readonly locationId: string;
  /** The kitchen topic's, and only its: a station's id. */
  readonly station?: string;
  /** The position of the last frame seen of the same topic, as it came (it need not be whole); left out: begin with a snapshot. */
  readonly after?: number;
};

export type Unsubscribe = { readonly type: 'unsubscribe'; readonly id: string };

export type ClientMessage = Authenticate | Subscribe | Unsubscribe;

/**
 * The ticket was good. `serverTime` is ISO 8601: timers on screens run by the server's clock. Positions are those of the log named
 * `logId`: where it is another one than at the last welcome (it was restored), subscribe without `after`.
 */
export type Welcome = { readonly type: 'welcome'; readonly heartbeatSeconds: number; readonly serverTime: string; readonly logId: string };

/** A read model's row, columns in camelCase, times ISO 8601. */
export type LiveRow = { readonly [column: string]: unknown };

/** All rows of the topic. May come at any time, not only at first, and then replaces all that was there. */
export type Snapshot = { readonly type: 'snapshot'; readonly id: string; readonly position: number; readonly rows: readonly LiveRow[] };

/** In place of the first snapshot: the rows the client has are right as of `position`, and what it missed follows. */
export type Resumed = { readonly type: 'resumed'; readonly id: string; readonly position: number };

/**
 * In log order. `key` is the row's ticketId (kitchen, expo), tableId (tables), alertId (alerts) or key (all-day).
 * `row` is all of the row as it is now; null: it has left the topic, or the client never had it.
 */
export type Changes = {
  readonly type: 'changes';
  readonly id: string;
  /** Resume after this one. Higher in each frame than in the one before. */
  readonly position: number;
  readonly changes: readonly { readonly key: string; readonly row: LiveRow | null }[];
};

/** None for two intervals: the connection is stale, whatever the browser says. The difference of the positions is the read models' lag. */
export type Heartbeat = {
  readonly type: 'heartbeat';
  readonly serverTime: string;
  readonly logPosition: number;
  readonly projectionPosition: number;
};

export type ErrorCode =
  | 'bad-message'
  | 'too-many-messages'
  | 'unauthenticated'
  | 'forbidden'
  | 'subscription-exists'
  | 'subscription-unknown'
  | 'too-many-subscriptions'
  | 'feed-unavailable'
  | 'unavailable';

/** `id`: the subscription it is about. Where the connection ends with it, the close code says why as well. */
export type LiveError = { readonly type: 'error'; readonly code: ErrorCode; readonly detail: string; readonly id?: string };

export type ServerMessage = Welcome | Snapshot | Resumed | Changes | Heartbeat | LiveError;

/** Reconnect after goingAway, unavailable, tooSlow and any code not here; the others need a change on the client's side first. */
export const closeCodes = {
  goingAway: 1001,
  unavailable: 1013,
  badMessage: 4400,
  /** The ticket was missing, late, used before or too old: ask for another. */
  unauthenticated: 4401,
  /** This topic or location is not for you (an error frame said which), or this page's origin is not allowed. */
  forbidden: 4403,
  tooSlow: 4408,
} as const;
