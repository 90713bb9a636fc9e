import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { KeptLog, Recorded } from './kept-log.ts';
import { nameOf } from './messages.ts';

type Options = InstanceType<typeof streams.ReadReq.Options>;
type Keeps = (event: Recorded) => boolean;

/** Where to begin in a list of records, and which of them are wanted. */
export type ReadRequest = {
  /** Null: $all. */
  readonly stream: string | null;
  readonly subscription: boolean;
  readonly forwards: boolean;
  readonly count: number;
  readonly keeps: Keeps;
  readonly source: () => readonly Recorded[];
  readonly start: number;
};

const filterOf = (options: Options): Keeps => {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const byStream = filter.hasStreamIdentifier();
  const expression = byStream ? filter.getStreamIdentifier() : filter.getEventType();
  const regex = expression?.getRegex() === '' ? null : new RegExp(expression?.getRegex() ?? '');
  const prefixes = expression?.getPrefixList() ?? [];
  return ({ stream, type }) => {
    const text = byStream ? stream : type;
    return regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  };
};

type Place = { readonly commit: bigint; readonly prepare: bigint };
const isBefore = (a: Place, b: Place): boolean => a.commit < b.commit || (a.commit === b.commit && a.prepare < b.prepare);

/** A subscription goes on after its position; a read forwards begins with it, one backwards before it. */
const startInAll = (options: Options, events: readonly Recorded[], subscription: boolean, forwards: boolean): number => {
  const all = options.getAll();
  const position = all?.getPosition();
  if (all?.hasEnd() === true) return subscription ? events.length : events.length - 1;
  if (position === undefined) return forwards ? 0 : -1;
  const place = { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
  if (!forwards) return events.findLastIndex((event) => isBefore(event, place));
  const found = events.findIndex((event) => (subscription ? isBefore(place, event) : !isBefore(event, place)));
  return found < 0 ? events.length : found;
};

const startInStream = (options: Options, events: readonly Recorded[], subscription: boolean): number => {
  const stream = options.getStream();
  if (stream?.hasEnd() === true) return subscription ? events.length : events.length - 1;
  return stream?.hasRevision() === true ? Number(stream.getRevision()) + (subscription ? 1 : 0) : 0;
};

export const readRequestOf = (options: Options, log: KeptLog): ReadRequest => {
  const subscription = options.hasSubscription();
  const forwards = subscription || options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS;
  const stream = options.hasStream() ? nameOf(options.getStream()?.getStreamIdentifier()) : null;
  const source = (): readonly Recorded[] => (stream === null ? log.all : log.stream(stream));
  const start = stream === null ? startInAll(options, source(), subscription, forwards) : startInStream(options, source(), subscription);
  return { stream, subscription, forwards, count: subscription ? 0 : Number(options.getCount()), keeps: filterOf(options), source, start };
};
