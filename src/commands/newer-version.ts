import type { Message } from '../domain/decider.ts';
import { isKnownEventType } from '../domain/event-types.ts';
import { SCHEMA_VERSION, upcast } from '../domain/upcast.ts';
import type { LogEvent } from './ports.ts';

/** A newer program wrote what this one cannot understand, and does not guess at. */
export class NewerVersionNeeded extends Error {
  readonly code = 'newer-version-needed';
  constructor({ type, stream, revision }: LogEvent) {
    super(`${type} (${stream}, revision ${revision}) was written by a newer version: start that one here too.`);
    this.name = 'NewerVersionNeeded';
  }
}

/** Whether an event is of a type that this program knows, and does not say that its form is a newer one. */
export const isKnownEvent = ({ type, metadata }: LogEvent): boolean => isKnownEventType(type) && !(metadata.schemaVersion > SCHEMA_VERSION);

/** A stored event in the form of today. Throws NewerVersionNeeded. */
export const understood = <E extends Message<string, unknown>>(event: LogEvent<E>): LogEvent<E> => {
  if (!isKnownEvent(event)) throw new NewerVersionNeeded(event);
  return upcast(event, event.metadata.schemaVersion);
};
