import type { Client } from 'pg';
import type { EventStore } from '../../commands/ports.ts';
import type { Policy } from '../../commands/policies/policy.ts';
import type { SendCommand } from '../../commands/policies/send-command.ts';
import { StaleCheckpoint } from '../event-store/stale-checkpoint.ts';
import type { Log } from '../postgres/log.ts';
import { paced } from '../event-store/paced.ts';
import { deliver } from './deliver.ts';
import { asOnlyOne, pause as realPause, type Pause, type Work } from './only-one.ts';
import { planned } from './plan.ts';
import { earliest, keepProgress, restoreProgress, type Progress } from './progress.ts';

/** Nobody waits for what policies do as for an answer or a screen: they begin when those are done. */
const PACE_MS = 50;
const LATE_MS = 25;

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

/** What the policies noted of their progress is about another log than this one. */
export class PoliciesOfAnotherLog extends Error {
  readonly code = 'policies-of-another-log';
  constructor(cause: StaleCheckpoint) {
    super(
      'The table policy_checkpoints says how far the policies came in another log than this one, so that they might act twice or leave something out. ' +
        'Restore log and table together (docs/backup.md), or delete what is in the table to have the policies act on the whole log again.',
      { cause },
    );
    this.name = 'PoliciesOfAnotherLog';
  }
}

/**
 * Follows the log and does what the policies say, in one process at a time, until the signal aborts. Where each policy is
 * lies in a table of its own: what is rebuilt elsewhere never makes it act again. A page that was not finished is done again
 * after a crash; the keys of commands and the ids of jobs make that harmless. Throws PoliciesOfAnotherLog.
 */
export const runPolicies = (runner: PolicyRunner, signal: AbortSignal): Promise<void> => {
  const { ownerUrl, log, pause = realPause } = runner;
  let refused: string | null = null;
  const work: Work = async (session, held) => {
    try {
      await followLog(session, runner, held);
    } catch (error) {
      if (!(error instanceof StaleCheckpoint)) throw error;
      // A log that became another one while it was followed has brought the table along: that is worth a second look.
      if (refused === error.message) throw new PoliciesOfAnotherLog(error);
      refused = error.message;
      throw error;
    }
  };
  const isFinal = (error: unknown): boolean => error instanceof PoliciesOfAnotherLog;
  return asOnlyOne(work, { ownerUrl, name: 'policies', log, pause, isFinal }, signal);
};

const followLog = async (session: Client, runner: PolicyRunner, signal: AbortSignal): Promise<void> => {
  const { policies, store, metrics, pageSize = 500, pause = realPause, concurrency = 64, send, log } = runner;
  let progress: ReadonlyMap<string, Progress> = await restoreProgress(session, policies, store.head);
  const pages = store.follow(earliest(progress), { limit: pageSize, signal });
  for await (const page of paced(pages, { ms: PACE_MS, full: pageSize, lateMs: LATE_MS, signal })) {
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
