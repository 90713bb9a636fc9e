import type { Json } from '../domain/decider.ts';
import { change, projection } from './projection.ts';

/** One event of the log as an auditor reads it: what, when, who, from where, in answer to which command. */
export type AuditRow = {
  readonly eventId: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly actorId: string;
  readonly actorRoles: readonly string[];
  readonly terminalId: string | null;
  readonly locationId: string | null;
  readonly commandId: string;
  readonly commandType: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: Json;
  readonly metadata: Json;
};

/** For logs kept outside PostgreSQL; inside it, a view on the log itself stands under the same name. */
export const auditTrail = projection<AuditRow>({
  name: 'audit_trail',
  version: 1,
  key: 'eventId',
  columns: {
    eventId: 'text',
    position: 'integer',
    stream: 'text',
    revision: 'integer',
    type: 'text',
    recordedAt: 'time',
    occurredAt: 'time',
    actorId: 'text',
    actorRoles: 'json',
    terminalId: 'text?',
    locationId: 'text?',
    commandId: 'text',
    commandType: 'text',
    correlationId: 'text',
    causationId: 'text?',
    data: 'json',
    metadata: 'json',
  },
  indexes: [['position'], ['stream', 'revision'], ['actorId', 'position'], ['type', 'position']],
  live: false,
  shared: false,
  on: ({ type, at, position, stream, revision, locationId, actorId, provenance: { eventId, recordedAt, metadata, data } }) => [
    change(eventId, () => ({
      eventId,
      position,
      stream,
      revision,
      type,
      recordedAt,
      occurredAt: at,
      actorId,
      actorRoles: metadata.actor.roles,
      terminalId: metadata.actor.terminalId,
      locationId,
      commandId: metadata.commandId,
      commandType: metadata.commandType,
      correlationId: metadata.correlationId,
      causationId: metadata.causationId,
      data,
      metadata,
    })),
  ],
});
