import type { Client } from 'pg';
import type { EventStore } from '../../commands/ports.ts';
import type { Policy } from '../../commands/policies/policy.ts';
import type { SendCommand } from '../../commands/policies/send-command.ts';
import type { Log } from '../postgres/log.ts';
import { deliver } from './deliver.ts';
import { asOnlyOne, pause as realPause, type Pause } from './only-one.ts';
import { planned } from './plan.ts';
import { earliest, keepProgress, restoreProgress, type Progress } from './progress.ts';

export type PolicyMetrics = {
  readonly progressed: (policy: string, position: number, head: number) => void;
  readonly effects: (kind: 'command' | 'job' | 'refusal', count: number) => void;
};

export type PolicyRunner = {
  readonly policies: readonly Policy[];
  readonly store: Pick<EventStore, 'follow' | 'head'>;
  readonly send: SendCommand;
  readonly ownerUrl: string;
  readonly log: Log;
  readonly metrics: PolicyMetrics;
  readonly pause?: Pause;
  readonly pageSize?: number;
  readonly concurrency?: number;
};

/**
 * Follows the log and does what the policies say, in one process at a time, until the signal aborts. Where each policy is
 * lies in a table of its own: what is rebuilt elsewhere never makes it act again. A page that was not finished is done again
 * after a crash; the keys of commands and the ids of jobs make that harmless.
 */
export const runPolicies = (runner: PolicyRunner, signal: AbortSignal): Promise<void> => {
  const { ownerUrl, log, pause = realPause } = runner;
  return asOnlyOne((session, held) => followLog(session, runner, held), { ownerUrl, name: 'policies', log, pause }, signal);
};

const followLog = async (session: Client, runner: PolicyRunner, signal: AbortSignal): Promise<void> => {
  const { policies, store, metrics, pageSize = 500, pause = realPause, concurrency = 64, send, log } = runner;
  let progress: ReadonlyMap<string, Progress> = await restoreProgress(session, policies, store.head);
  for await (const page of store.follow(earliest(progress), { limit: pageSize, signal })) {
    const report = (): void => progress.forEach(({ position }, policy) => metrics.progressed(policy, position, page.head));
    if (page.events.length === 0) {
      report();
      continue;
    }
    const { commands, jobs, refusals } = planned(policies, (name) => progress.get(name)?.position ?? 0, page.events);
    for (const refusal of refusals) log.error(refusal, 'A policy failed');
    const refused = await deliver(commands, { send, log, pause, concurrency }, signal);
    progress = await keepProgress(session, progress, page, { jobs, refusals: [...refusals, ...refused] });
    metrics.effects('command', commands.length - refused.length);
    metrics.effects('job', jobs.length);
    metrics.effects('refusal', refusals.length + refused.length);
    report();
  }
};
