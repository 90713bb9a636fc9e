import type { Heartbeat, ServerMessage, Welcome } from '../../src/http/live/protocol.ts';
import { impossible } from './impossible.ts';

/** `catching-up`: connected, but not yet given all that was missed. `stale`: connected, but silent for two heartbeats. */
export type LiveStatus = 'catching-up' | 'live' | 'stale' | 'offline';

export type Live = {
  readonly status: LiveStatus;
  /** Since when what is shown may be old, on this device's clock; null while it is not. */
  readonly notLiveSince: number | null;
  readonly heartbeatSeconds: number;
  /** Null until the first connection says welcome. */
  readonly lastFrameAt: number | null;
  readonly subscribed: readonly string[];
  /** Subscriptions still without their rows on this connection. */
  readonly awaited: readonly string[];
  /** Milliseconds to add to this device's clock to get the server's. */
  readonly clockOffset: number;
  /** Log heads that were heard of before the projections reached them, oldest first. */
  readonly unprojected: readonly { readonly position: number; readonly at: number }[];
  /** How far the read models had come at the last heartbeat. */
  readonly projectionPosition: number;
  /** Connections lost or refused since the last one that worked. */
  readonly failures: number;
  /** What the server said when it refused or ended the connection. */
  readonly reason: string | null;
};

export type LiveInput =
  | { readonly type: 'subscribed'; readonly id: string }
  | { readonly type: 'unsubscribed'; readonly id: string }
  | { readonly type: 'frame'; readonly frame: ServerMessage }
  | { readonly type: 'closed'; readonly reason: string | null }
  | { readonly type: 'tick' };

const MISSED_HEARTBEATS = 2;
const WORTH_SAYING_SECONDS = 5;

/** Before the first connection nothing shown is old, so it starts amber, not red. */
export const connecting: Live = {
  status: 'catching-up',
  notLiveSince: null,
  heartbeatSeconds: 5,
  lastFrameAt: null,
  subscribed: [],
  awaited: [],
  clockOffset: 0,
  unprojected: [],
  projectionPosition: 0,
  failures: 0,
  reason: null,
};

/** The connection as it is after something happened at `at` (this device's clock). Pure: the socket is the caller's. */
export const live = (state: Live, input: LiveInput, at: number): Live => {
  switch (input.type) {
    case 'subscribed':
      return settled({ ...state, subscribed: [...state.subscribed, input.id], awaited: [...state.awaited, input.id] });
    case 'unsubscribed':
      return settled({ ...state, subscribed: without(state.subscribed, input.id), awaited: without(state.awaited, input.id) });
    case 'frame':
      return heard({ ...state, lastFrameAt: at }, input.frame, at);
    case 'closed':
      return {
        ...state,
        status: 'offline',
        notLiveSince: state.notLiveSince ?? at,
        failures: state.failures + 1,
        reason: input.reason ?? state.reason,
      };
    case 'tick':
      return silent(state, at) ? { ...state, status: 'stale', notLiveSince: state.notLiveSince ?? state.lastFrameAt } : state;
    default:
      return impossible(input);
  }
};

const silent = (state: Live, at: number): boolean =>
  state.lastFrameAt !== null &&
  state.status !== 'offline' &&
  state.status !== 'stale' &&
  at - state.lastFrameAt > state.heartbeatSeconds * MISSED_HEARTBEATS * 1000;

const heard = (state: Live, frame: ServerMessage, at: number): Live => {
  switch (frame.type) {
    case 'welcome':
      return settled({ ...state, ...welcomed(frame, at), awaited: state.subscribed });
    case 'heartbeat':
      return {
        ...state,
        clockOffset: offset(frame.serverTime, at),
        projectionPosition: frame.projectionPosition,
        unprojected: unprojected(state, frame, at),
      };
    case 'snapshot':
    case 'resumed':
      return settled({ ...state, awaited: without(state.awaited, frame.id) });
    case 'changes':
      return state;
    case 'error':
      return { ...state, reason: frame.detail };
    default:
      return impossible(frame);
  }
};

const welcomed = (frame: Welcome, at: number) =>
  ({
    status: 'catching-up',
    heartbeatSeconds: frame.heartbeatSeconds,
    clockOffset: offset(frame.serverTime, at),
    unprojected: [],
    reason: null,
  }) as const;

const without = (ids: readonly string[], gone: string): readonly string[] => ids.filter((id) => id !== gone);

const offset = (serverTime: string, at: number): number => Date.parse(serverTime) - at;

const unprojected = (state: Live, frame: Heartbeat, at: number): Live['unprojected'] => {
  const still = state.unprojected.filter((head) => head.position > frame.projectionPosition);
  return frame.logPosition > frame.projectionPosition ? [...still, { position: frame.logPosition, at }] : still;
};

const settled = (state: Live): Live => {
  if (state.status === 'offline' || state.status === 'stale') return state;
  if (state.awaited.length > 0) return { ...state, status: 'catching-up' };
  if (state.lastFrameAt === null) return state;
  return { ...state, status: 'live', notLiveSince: null, failures: 0 };
};

/** Seconds by which the read models trail the log, when it is worth telling a cook; otherwise null. */
export const behindSeconds = (state: Live, at: number): number | null => {
  const oldest = state.unprojected[0];
  if (oldest === undefined) return null;
  const seconds = Math.floor((at - oldest.at) / 1000);
  return seconds > WORTH_SAYING_SECONDS ? seconds : null;
};
