import { inOrder } from '../../commands/in-order.ts';
import type { Actor, EventStore, NewId } from '../../commands/ports.ts';
import { recentlyUsed } from '../../commands/recently-used.ts';
import type { AccountEvent, RoleEvent } from '../../domain/account.ts';

export type TrailEvent = AccountEvent | RoleEvent;

/** Who did it and from where; `locationId` decides which auditors see it. */
export type Provenance = {
  readonly commandType: string;
  readonly actor: Actor;
  readonly locationId: string | null;
  readonly correlationId: string;
  readonly traceParent: string | null;
};

/** Writes down what happened to an account; what cannot be written down must not happen. */
export type Trail = (event: TrailEvent, provenance: Provenance) => Promise<void>;

const ATTEMPTS = 20;
const STREAMS_REMEMBERED = 10_000;

/** Into the log itself, where the audit trail is read and the chain of hashes holds it. */
export const securityTrail = (store: Pick<EventStore, 'append'>, newId: NewId): Trail => {
  const revisions = recentlyUsed<number>(STREAMS_REMEMBERED);
  const oneAtATime = inOrder();
  return (event, { commandType, actor, locationId, correlationId, traceParent }) => {
    const stream = streamOf(event);
    return oneAtATime(stream, async () => {
      for (let tries = 1; tries <= ATTEMPTS; tries++) {
        const result = await store.append({
          stream,
          expected: revisions.get(stream) ?? 0,
          events: [event],
          metadata: {
            commandId: newId(),
            commandType,
            correlationId,
            causationId: null,
            actor,
            locationId,
            occurredAt: null,
            traceParent,
            schemaVersion: 1,
          },
          receipt: null,
        });
        if (result.kind === 'appended') {
          revisions.set(stream, result.revision);
          return;
        }
        if (result.kind === 'conflict') revisions.set(stream, result.actual);
      }
      throw new Error(`${event.type} could not be written down: others write to ${stream} all the time`);
    });
  };
};

const streamOf = ({ data }: TrailEvent): string => ('roleId' in data ? `Role-${data.roleId}` : `Account-${data.userId ?? 'unknown'}`);
