import type { DomainEvent } from '../../src/domain/events.ts';
import { foldInto } from '../../src/projections/fold.ts';
import type { Fact, Projection, Row } from '../../src/projections/projection.ts';
import { locationId, serverId } from '../support/canonical-events.ts';

const NOON = Date.parse('2025-03-14T12:00:00.000Z');

/** The nth event of a story happens n minutes after noon. */
export const minute = (nth: number): string => new Date(NOON + nth * 60_000).toISOString();

const factOf = (event: DomainEvent, nth: number, revision: number): Fact => ({
  ...event,
  at: minute(nth),
  position: nth,
  revision,
  stream: `Some-stream`,
  locationId,
  actorId: serverId,
  provenance: {
    eventId: `event-${nth}`,
    recordedAt: minute(nth),
    data: event.data,
    metadata: {
      commandId: `command-${nth}`,
      commandType: 'SomeCommand',
      correlationId: 'correlation-1',
      causationId: null,
      actor: { userId: serverId, roles: ['server'], terminalId: 'pos-1' },
      locationId,
      occurredAt: null,
      traceParent: null,
      schemaVersion: 1,
    },
  },
});

/** The rows that events make, told one after another from the first minute and revision on. */
export const told = <R extends Row>(projection: Projection<R>, ...events: readonly DomainEvent[]): ReadonlyMap<string, R> => {
  const rows = new Map<string, R>();
  events.forEach((event, index) => foldInto(rows, projection, factOf(event, index + 1, index + 1)));
  return rows;
};

/** The only row there is, or null. */
export const onlyRow = <R extends Row>(rows: ReadonlyMap<string, R>): R | null => {
  if (rows.size > 1) throw new Error(`There are ${rows.size} rows`);
  return [...rows.values()][0] ?? null;
};
