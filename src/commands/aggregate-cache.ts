import type { Message } from '../domain/decider.ts';
import { isKnownEventType } from '../domain/event-types.ts';
import type { Aggregate } from './command.ts';
import type { Clock, EventStore, LogEvent, Revision } from './ports.ts';

/** `position` is the last event's; 0 where there is none. `readAt` (epoch ms) is when the log last said so. */
export type Loaded<State> = { readonly state: State; readonly revision: Revision; readonly position: number; readonly readAt: number };

type AnyAggregate<State, C extends Message<string, unknown>, E extends Message<string, unknown>> = Aggregate<State, C, E>;

/** Recent aggregates in memory. What it holds may be behind the log when another process appends; an append then conflicts. */
export type AggregateCache = {
  readonly recent: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => Loaded<S> | null;
  /** Reads what the log has beyond what is held. */
  readonly refresh: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => Promise<Loaded<S>>;
  /** Takes in events just appended by us. */
  readonly advance: <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
    from: Loaded<S>,
    events: readonly E[],
    position: number,
  ) => void;
};

export const streamName = (aggregate: { readonly name: string }, id: string): string => `${aggregate.name}-${id}`;

/** Rules that do not know what happened would decide wrongly. */
const requireKnown = (events: readonly LogEvent[]): void => {
  const newer = events.find(({ type }) => !isKnownEventType(type));
  if (newer === undefined) return;
  throw new Error(`${newer.type} (${newer.stream}, revision ${newer.revision}) was written by a newer version: start that one here too.`);
};

/** Keeps at most `capacity` aggregates, the least recently used go first. */
export const aggregateCache = (store: Pick<EventStore, 'readStream'>, clock: Clock, capacity = 20_000): AggregateCache => {
  const held = new Map<string, Loaded<unknown>>();

  const keep = (stream: string, loaded: Loaded<unknown>): void => {
    const present = held.get(stream);
    if (present !== undefined && present.revision > loaded.revision) return;
    held.delete(stream);
    held.set(stream, loaded);
    if (held.size > capacity) held.delete(held.keys().next().value ?? stream);
  };

  const recent: AggregateCache['recent'] = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
    aggregate: AnyAggregate<S, C, E>,
    id: string,
  ) => {
    const stream = streamName(aggregate, id);
    const loaded = held.get(stream) as Loaded<S> | undefined;
    if (loaded === undefined) return null;
    held.delete(stream);
    held.set(stream, loaded);
    return loaded;
  };

  return {
    recent,
    refresh: async <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
      aggregate: AnyAggregate<S, C, E>,
      id: string,
    ) => {
      const known: Loaded<S> = recent(aggregate, id) ?? { state: aggregate.decider.initial, revision: 0, position: 0, readAt: 0 };
      const events = (await store.readStream(streamName(aggregate, id), known.revision)) as readonly LogEvent<E>[];
      requireKnown(events);
      const last = events.at(-1);
      const loaded: Loaded<S> = {
        state: events.reduce<S>(aggregate.decider.evolve, known.state),
        revision: last?.revision ?? known.revision,
        position: last?.position ?? known.position,
        readAt: clock.now().getTime(),
      };
      if (loaded.revision > 0) keep(streamName(aggregate, id), loaded);
      return loaded;
    },
    advance: (aggregate, id, from, events, position) =>
      keep(streamName(aggregate, id), {
        state: events.reduce(aggregate.decider.evolve, from.state),
        revision: from.revision + events.length,
        position,
        readAt: clock.now().getTime(),
      }),
  };
};
