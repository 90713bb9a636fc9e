import type { DomainCommand } from '../../domain/commands.ts';
import type { DataOf } from '../../domain/decider.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { Job } from './job.ts';

/** `id` is the aggregate's: commands to the same one are sent in the order of the log. */
export type CommandEffect = { readonly kind: 'command'; readonly id: string; readonly command: DomainCommand };
export type JobEffect = { readonly kind: 'job'; readonly job: Job };
export type Effect = CommandEffect | JobEffect;

export type PolicyFact<Type extends DomainEvent['type'] = DomainEvent['type']> = {
  readonly type: Type;
  readonly data: DataOf<DomainEvent, Type>;
};

export type Whenever = { readonly [Type in DomainEvent['type']]?: (fact: PolicyFact<Type>) => readonly Effect[] };

/**
 * Whenever EVENT then commands and jobs: pure, so that an event tried again has the same effects in the same order,
 * and each is done once. `name` is a policy's for ever: its progress and the keys of its commands stand under it.
 * `startAt`: where a policy begins that this log has not seen yet, at its first event or after its last one of that moment.
 */
export type Policy = { readonly name: string; readonly startAt: 'log-start' | 'log-end'; readonly on: Whenever };

export const policy = (name: string, startAt: Policy['startAt'], on: Whenever): Policy => ({ name, startAt, on });

export const send = (id: string, command: DomainCommand): CommandEffect => ({ kind: 'command', id, command });
export const enqueue = (job: Job): JobEffect => ({ kind: 'job', job });

/** What a policy wants done because of an event. */
export const effectsOf = (subject: Policy, fact: PolicyFact): readonly Effect[] => {
  const whenever = subject.on[fact.type] as ((fact: PolicyFact) => readonly Effect[]) | undefined;
  return whenever === undefined ? [] : whenever(fact);
};
