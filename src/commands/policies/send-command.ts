import type { DomainCommand } from '../../domain/commands.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { CommandDefinition } from '../command.ts';
import type { Envelope, Execute } from '../execute.ts';

/** Why the system sends a command. `sender` is the policy or the job queue; the same `key` has no second effect. */
export type Cause = {
  readonly sender: string;
  readonly key: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly occurredAt: string | null;
  readonly traceParent: string | null;
};

/** `busy`: not now, for a reason that passes by itself; send it again with the same key. */
export type Sent =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  | { readonly kind: 'busy'; readonly code: string };

/** Throws `DependencyDown` where the log is out of reach. */
export type SendCommand = (command: DomainCommand, cause: Cause) => Promise<Sent>;

const PASSING: ReadonlySet<string> = new Set(['too-much-contention', 'key-in-flight']);

/** The system's own door to the commands: no schema, no permission, but a key, so that whatever is tried again is done once. */
export const commandSender =
  (execute: Execute, commandNamed: (type: string) => CommandDefinition | undefined): SendCommand =>
  async (command, cause) => {
    const definition = commandNamed(command.type);
    if (definition === undefined) throw new Error(`The registry has no command ${command.type}`);
    try {
      await execute(definition, command.data, envelopeOf(command, cause));
      return { kind: 'done' };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      if (PASSING.has(error.code)) return { kind: 'busy', code: error.code };
      return { kind: 'refused', code: error.code, detail: error.detail };
    }
  };

/** The key alone says what is asked: should a policy's code change before the event is tried again, what was done first stands. */
const envelopeOf = (command: DomainCommand, { sender, key, eventId, correlationId, occurredAt, traceParent }: Cause): Envelope => ({
  actor: { userId: `system:${sender}`, roles: ['system'], terminalId: null },
  actorName: sender,
  locationIds: null,
  key: { scope: 'system', key, fingerprint: command.type },
  ifMatch: null,
  occurredAt,
  correlationId,
  causationId: eventId,
  traceParent,
});
