import type { Message } from '../domain/decider.ts';

/** How many events a stream holds; 0 says that there is no stream. */
export type Revision = number;
export const NO_STREAM: Revision = 0;

/** Where in the log to go on after; opaque, written by the store that reads it. */
export type Checkpoint = string & { readonly __checkpoint?: never };
export const START: Checkpoint = '';

/** Who did it: a person, a terminal, or the system itself (`userId` is then `system:<policy>`). */
export type Actor = { readonly userId: string; readonly roles: readonly string[]; readonly terminalId: string | null };

/** The same for all events of one command. */
export type Metadata = {
  readonly commandId: string;
  readonly commandType: string;
  readonly correlationId: string;
  /** The event that made a policy send the command; null where a person did. */
  readonly causationId: string | null;
  readonly actor: Actor;
  readonly locationId: string | null;
  /** ISO 8601; when it happened, where that was before it was recorded (a terminal that was offline). */
  readonly occurredAt: string | null;
  readonly traceParent: string | null;
  readonly schemaVersion: number;
};

export type LogEvent<E extends Message<string, unknown> = Message<string, unknown>> = E & {
  readonly eventId: string;
  /** Rises along the log. Without gaps, from 1, in PostgreSQL; the commit position in EventStoreDB. */
  readonly position: number;
  readonly stream: string;
  readonly revision: Revision;
  readonly metadata: Metadata;
  /** ISO 8601, milliseconds, UTC. */
  readonly recordedAt: string;
};

/** What a command's sender was told, kept under his key so that a retry is told the same. */
export type Outcome =
  | { readonly kind: 'done'; readonly ids: { readonly [name: string]: string | readonly string[] } }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** `scope` keeps one sender's keys apart from another's; `fingerprint` is a hash of what was asked. */
export type Receipt = { readonly scope: string; readonly key: string; readonly fingerprint: string; readonly outcome: Outcome };
export type StoredReceipt = Receipt & { readonly stream: string; readonly revision: Revision; readonly position: number };

export type Append = {
  readonly stream: string;
  readonly expected: Revision;
  /** None: only the receipt is kept, and `expected` is what its answer will say. */
  readonly events: readonly Message<string, unknown>[];
  readonly metadata: Metadata;
  readonly receipt: Receipt | null;
};

/**
 * `appended`: position is the last event's (of a receipt alone: the log's head).
 * `conflict`: the stream is not at the expected revision; nothing was written.
 * `known`: the receipt's key was used before, perhaps for another payload; nothing was written.
 */
export type Appended =
  | { readonly kind: 'appended'; readonly revision: Revision; readonly position: number; readonly recordedAt: string }
  | { readonly kind: 'conflict'; readonly actual: Revision }
  | { readonly kind: 'known'; readonly receipt: StoredReceipt };

/**
 * Events in log order, and where to go on; `head` is the log's last position known when the page was read. `to`: how far the page
 * tells, where that may be further than its last event, since others were left out.
 */
export type LogPage = {
  readonly events: readonly LogEvent[];
  readonly checkpoint: Checkpoint;
  readonly head: number;
  readonly to?: number;
};

/** A log that cannot be reached right now throws `DependencyDown`; the caller may try again. */
export type EventStore = {
  readonly append: (append: Append) => Promise<Appended>;
  /** The events of a stream after a revision, in order; [] where there are none. */
  readonly readStream: (stream: string, after?: Revision) => Promise<readonly LogEvent[]>;
  readonly receipt: (scope: string, key: string) => Promise<StoredReceipt | null>;
  /** Up to `limit` events after the checkpoint; an empty page says that the log ends there. Those of the types `leavingOut` may be left out. */
  readonly readLog: (after: Checkpoint, limit: number, leavingOut?: readonly string[]) => Promise<LogPage>;
  /** Pages as they come, without end, until the signal aborts; survives lost connections. Never yields an empty page except to say that the head was reached. */
  readonly follow: (after: Checkpoint, options: { readonly limit: number; readonly signal: AbortSignal }) => AsyncIterable<LogPage>;
  readonly head: () => Promise<number>;
  readonly close: () => Promise<void>;
};

/** A state that need not be folded again: that of the stream after `revision` events, the last of them at `position`. */
export type Snapshot = { readonly revision: Revision; readonly position: number; readonly state: unknown };

/** A cache beside the log: what it has may be old, and it may have nothing; neither may ever change an answer. */
export type Snapshots = {
  /** Null where there is none for a stream, or none that is whole and made by the same rules. Never fails. */
  readonly find: (stream: string) => Promise<Snapshot | null>;
  /** Keeps it, later. Never fails. */
  readonly keep: (stream: string, snapshot: Snapshot) => void;
};

/** Something we need is out of reach; nothing was lost, try again. */
export class DependencyDown extends Error {
  readonly dependency: string;
  constructor(dependency: string, cause: unknown) {
    super(`${dependency} is unavailable`, { cause });
    this.name = 'DependencyDown';
    this.dependency = dependency;
  }
}

export type Clock = { readonly now: () => Date };
export type NewId = () => string;
