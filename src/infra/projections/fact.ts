import { isKnownEvent, NewerVersionNeeded } from '../../commands/newer-version.ts';
import type { LogEvent } from '../../commands/ports.ts';
import { upcast } from '../../domain/upcast.ts';
import type { Fact, Projection } from '../../projections/projection.ts';

/** A terminal that was offline gives its own time, in whatever zone; folds see one way of writing it. */
const happenedAt = ({ metadata: { occurredAt }, recordedAt }: LogEvent): string =>
  occurredAt === null ? recordedAt : new Date(occurredAt).toISOString();

/** An event of the log as folds see it; of an unknown type too, for those folds that take every event alike. */
export const factOf = (event: LogEvent): Fact =>
  ({
    type: event.type,
    data: upcast(event, event.metadata.schemaVersion).data,
    at: happenedAt(event),
    position: event.position,
    revision: event.revision,
    stream: event.stream,
    locationId: event.metadata.locationId,
    actorId: event.metadata.actor.userId,
    provenance: event,
  }) as Fact;

/** Whether a projection could depend on an event nobody here knows: whether it folds any of the same aggregate's. */
const foldsAggregateOf = ({ on }: Projection, { stream }: LogEvent): boolean => {
  const aggregate = stream.slice(0, stream.indexOf('-'));
  return typeof on !== 'function' && Object.keys(on).some((type) => type.startsWith(aggregate));
};

/** Throws NewerVersionNeeded where a projection would have to guess what an event means. */
export const requireKnown = (projection: Projection, event: LogEvent): void => {
  if (!isKnownEvent(event) && foldsAggregateOf(projection, event)) throw new NewerVersionNeeded(event);
};
