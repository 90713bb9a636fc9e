import type { LogEvent } from '../../commands/ports.ts';
import { isKnownEventType } from '../../domain/event-types.ts';
import type { Fact, Projection } from '../../projections/projection.ts';

/** A terminal that was offline gives its own time, in whatever zone; folds see one way of writing it. */
const happenedAt = ({ metadata: { occurredAt }, recordedAt }: LogEvent): string =>
  occurredAt === null ? recordedAt : new Date(occurredAt).toISOString();

/** An event of the log as folds see it; of an unknown type too, for those folds that take every event alike. */
export const factOf = (event: LogEvent): Fact =>
  ({
    type: event.type,
    data: event.data,
    at: happenedAt(event),
    position: event.position,
    revision: event.revision,
    stream: event.stream,
    locationId: event.metadata.locationId,
    actorId: event.metadata.actor.userId,
    provenance: event,
  }) as Fact;

/** Written by a newer program: what it means is not known here. */
export class UnknownEventType extends Error {
  readonly code = 'event-type-unknown';
  constructor({ type, stream, revision }: LogEvent) {
    super(`${type} (${stream}, revision ${revision}) is of a type this version does not know. Start the version that wrote it.`);
    this.name = 'UnknownEventType';
  }
}

/** Whether a projection could depend on an event nobody here knows: whether it folds any of the same aggregate's. */
const foldsAggregateOf = ({ on }: Projection, { stream }: LogEvent): boolean => {
  const aggregate = stream.slice(0, stream.indexOf('-'));
  return typeof on !== 'function' && Object.keys(on).some((type) => type.startsWith(aggregate));
};

/** Throws where a projection would have to guess what an event means. */
export const requireKnown = (projection: Projection, event: LogEvent): void => {
  if (!isKnownEventType(event.type) && foldsAggregateOf(projection, event)) throw new UnknownEventType(event);
};
