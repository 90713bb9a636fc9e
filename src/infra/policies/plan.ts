import { v5 as uuidFrom } from 'uuid';
import { understood } from '../../commands/newer-version.ts';
import type { LogEvent } from '../../commands/ports.ts';
import type { Job } from '../../commands/policies/job.ts';
import { effectsOf, type CommandEffect, type Effect, type Policy, type PolicyFact } from '../../commands/policies/policy.ts';
import type { Cause } from '../../commands/policies/send-command.ts';

/** The nth effect of one event in one policy. */
type Ordinal = { readonly policy: string; readonly eventId: string; readonly effect: number; readonly position: number };

export type PlannedCommand = Ordinal & { readonly send: CommandEffect; readonly cause: Cause };
/** Where a job comes from: what its handler needs to send commands in turn. */
export type JobCause = {
  readonly eventId: string;
  readonly correlationId: string;
  readonly locationId: string | null;
  readonly occurredAt: string;
  readonly traceParent: string | null;
};
export type PlannedJob = Job & { readonly id: string; readonly cause: JobCause };
export type Refusal = Ordinal & { readonly commandType: string | null; readonly code: string; readonly detail: string };

export type Plan = {
  readonly commands: readonly PlannedCommand[];
  readonly jobs: readonly PlannedJob[];
  readonly refusals: readonly Refusal[];
};

/** Of the ids made from event ids; never changes, since an id made again must be the same. */
const JOB_IDS = '6f0b8f3e-5f0c-5d0a-9a57-2f5a8d0c6b11';

export const jobIdOf = (policy: string, eventId: string, effect: number): string => uuidFrom(`${policy}:${eventId}:${effect}`, JOB_IDS);

/**
 * What the policies want done because of these events, in the order of the log; `reached`: up to where each has done so before.
 * Throws NewerVersionNeeded where a policy would have to guess what an event means.
 */
export const planned = (policies: readonly Policy[], reached: (policy: string) => number, events: readonly LogEvent[]): Plan => {
  const plans = events.flatMap((event) =>
    policies.filter(({ name }) => event.position > reached(name)).map((policy) => planOf(policy, event)),
  );
  return {
    commands: plans.flatMap(({ commands }) => commands),
    jobs: plans.flatMap(({ jobs }) => jobs),
    refusals: plans.flatMap(({ refusals }) => refusals),
  };
};

const NOTHING: Plan = { commands: [], jobs: [], refusals: [] };

const planOf = (policy: Policy, event: LogEvent): Plan => {
  if (!(event.type in policy.on)) return NOTHING;
  const fact = understood(event) as unknown as PolicyFact;
  let effects: readonly Effect[];
  try {
    effects = effectsOf(policy, fact);
  } catch (error) {
    return { ...NOTHING, refusals: [{ ...ordinal(policy, event, -1), commandType: null, code: 'policy-failed', detail: String(error) }] };
  }
  if (effects.length === 0) return NOTHING;
  return {
    commands: effects.flatMap((effect, n) =>
      effect.kind === 'command' ? [{ ...ordinal(policy, event, n), send: effect, cause: commandCause(policy, event, n) }] : [],
    ),
    jobs: effects.flatMap((effect, n) =>
      effect.kind === 'job' ? [{ ...effect.job, id: jobIdOf(policy.name, event.eventId, n), cause: jobCause(event) }] : [],
    ),
    refusals: [],
  };
};

const ordinal = ({ name }: Policy, { eventId, position }: LogEvent, effect: number): Ordinal => ({
  policy: name,
  eventId,
  effect,
  position,
});

const commandCause = ({ name }: Policy, { eventId, metadata }: LogEvent, n: number): Cause => ({
  sender: name,
  key: `policy:${name}:${eventId}:${n}`,
  eventId,
  correlationId: metadata.correlationId,
  occurredAt: metadata.occurredAt,
  traceParent: metadata.traceParent,
});

const jobCause = ({ eventId, recordedAt, metadata }: LogEvent): JobCause => ({
  eventId,
  correlationId: metadata.correlationId,
  locationId: metadata.locationId,
  occurredAt: metadata.occurredAt ?? recordedAt,
  traceParent: metadata.traceParent,
});
