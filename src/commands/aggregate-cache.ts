import type { Message } from '../domain/decider.ts';
import type { Aggregate } from './command.ts';
import { understood } from './newer-version.ts';
import type { Clock, EventStore, LogEvent, Revision, Snapshots } from './ports.ts';
import { recentlyUsed } from './recently-used.ts';

/** `position` is the last event's; 0 where there is none. `readAt` (epoch ms) is when the log last said so. */
export type Loaded<State> = { readonly state: State; readonly revision: Revision; readonly position: number; readonly readAt: number };

type Read<State, E extends Message<string, unknown>> = { readonly known: Loaded<State>; readonly events: readonly LogEvent<E>[] };

type AnyAggregate<State, C extends Message<string, unknown>, E extends Message<string, unknown>> = Aggregate<State, C, E>;

/** Recent aggregates in memory. What it holds may be behind the log when another process appends; an append then conflicts. */
export type AggregateCache = {
  readonly recent: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => Loaded<S> | null;
  /** Reads what the log has beyond what is held. Throws NewerVersionNeeded. */
  readonly refresh: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => Promise<Loaded<S>>;
  /** As `refresh`, but a read under way for somebody else will do. */
  readonly shareRefresh: AggregateCache['refresh'];
  /** Takes in events just appended by us. */
  readonly advance: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
    from: Loaded<S>,
    events: readonly E[],
    position: number,
  ) => void;
  /** Forgets all, also what is just being read: something in it was erased. */
  readonly forget: () => void;
};

export const streamName = (aggregate: { readonly name: string }, id: string): string => `${aggregate.name}-${id}`;

export const noSnapshots: Snapshots = { find: () => Promise.resolve(null), keep: () => undefined };

/** A snapshot is made each time a stream grows past a multiple of this. */
const SNAPSHOT_EVERY = 500;

type Options = { readonly capacity?: number; readonly snapshots?: Snapshots; readonly snapshotEvery?: number };

/** Keeps at most `capacity` aggregates, those used last. */
export const aggregateCache = (
  store: Pick<EventStore, 'readStream'>,
  clock: Clock,
  { capacity = 20_000, snapshots = noSnapshots, snapshotEvery = SNAPSHOT_EVERY }: Options = {},
): AggregateCache => {
  const held = recentlyUsed<Loaded<unknown>>(capacity);
  /** Raised by each `forget`: what was read before it is not kept. */
  let era = 0;

  const snapshotAfter = (stream: string, before: Revision, { state, revision, position }: Loaded<unknown>): void => {
    if (Math.floor(revision / snapshotEvery) > Math.floor(before / snapshotEvery)) snapshots.keep(stream, { state, revision, position });
  };

  /** What the log has after the snapshot; null where the snapshot is not of this stream as the log has it. */
  const sinceSnapshot = async <S, E extends Message<string, unknown>>(stream: string): Promise<Read<S, E> | null> => {
    const snapshot = await snapshots.find(stream);
    if (snapshot === null) return null;
    // Its own last event is read along: only where the log has that very one is the snapshot the log's.
    const [last, ...events] = (await store.readStream(stream, snapshot.revision - 1)) as readonly LogEvent<E>[];
    if (last?.revision !== snapshot.revision || last.position !== snapshot.position) return null;
    return { known: { ...snapshot, state: snapshot.state as S, readAt: 0 }, events };
  };

  const keep = (stream: string, loaded: Loaded<unknown>): void => {
    const present = held.get(stream);
    if (present !== undefined && present.revision > loaded.revision) return;
    held.set(stream, loaded);
  };

  const recent: AggregateCache['recent'] = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => {
    const stream = streamName(aggregate, id);
    return (held.get(stream) as Loaded<S> | undefined) ?? null;
  };

  const refresh: AggregateCache['refresh'] = async <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => {
    const stream = streamName(aggregate, id);
    const before = era;
    const since = async (known: Loaded<S>): Promise<Read<S, E>> => ({
      known,
      events: (await store.readStream(stream, known.revision)) as readonly LogEvent<E>[],
    });
    const present: Loaded<S> | null = recent(aggregate, id);
    const { known, events } =
      present === null
        ? ((await sinceSnapshot<S, E>(stream)) ?? (await since({ state: aggregate.decider.initial, revision: 0, position: 0, readAt: 0 })))
        : await since(present);
    const last = events.at(-1);
    const loaded: Loaded<S> = {
      // Rules that do not know what happened would decide wrongly.
      state: events.map(understood).reduce<S>(aggregate.decider.evolve, known.state),
      revision: last?.revision ?? known.revision,
      position: last?.position ?? known.position,
      readAt: clock.now().getTime(),
    };
    if (era !== before) return loaded;
    if (loaded.revision > 0) keep(stream, loaded);
    snapshotAfter(stream, known.revision, loaded);
    return loaded;
  };

  const underWay = new Map<string, Promise<Loaded<unknown>>>();
  const shareRefresh = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ): Promise<Loaded<S>> => {
    const stream = streamName(aggregate, id);
    const shared = underWay.get(stream) as Promise<Loaded<S>> | undefined;
    if (shared !== undefined) return shared;
    const mine = refresh(aggregate, id).finally(() => underWay.delete(stream));
    underWay.set(stream, mine);
    return mine;
  };

  return {
    recent,
    refresh,
    shareRefresh,
    advance: (aggregate, id, from, events, position) => {
      const stream = streamName(aggregate, id);
      const loaded = {
        state: events.reduce(aggregate.decider.evolve, from.state),
        revision: from.revision + events.length,
        position,
        readAt: clock.now().getTime(),
      };
      // What is held no more was forgotten since it was read.
      if (from.revision > 0 && !held.has(stream)) return;
      keep(stream, loaded);
      snapshotAfter(stream, from.revision, loaded);
    },
    forget: () => {
      era++;
      held.clear();
    },
  };
};
