import type { Job } from 'bullmq';
import type { JobData } from './backend.ts';
import type { QueuePair } from './queues.ts';
import { jobOptions, type JobSettings } from './relay.ts';

/** A job as BullMQ hands it out. */
export type KeptJob = Pick<
  Job<JobData>,
  'id' | 'name' | 'data' | 'attemptsMade' | 'failedReason' | 'finishedOn' | 'timestamp' | 'opts' | 'retry' | 'remove'
>;

export const idOf = ({ id, name }: Pick<KeptJob, 'id' | 'name'>): string => {
  if (id === undefined) throw new Error(`A job ${name} has no id`);
  return id;
};

/** Puts a job that failed for good among the dead; doing so twice is harmless. */
export const bury = async ({ live, dead }: QueuePair, job: KeptJob): Promise<void> => {
  const id = idOf(job);
  const death = {
    reason: job.failedReason ?? 'unknown',
    attempts: job.attemptsMade,
    at: new Date(job.finishedOn ?? job.timestamp).toISOString(),
  };
  await dead.add(job.name, { ...job.data, death }, { jobId: id });
  // Somebody may have had it tried again in between.
  if (!(await hasFailed(live, id))) await dead.remove(id);
};

/** For jobs whose worker died between their last failure and their burial. */
export const buryForgotten = async (pair: QueuePair): Promise<void> => {
  for (const job of await pair.live.getJobs(['failed'])) await bury(pair, job);
};

/**
 * Has a dead job tried again, with all its attempts. It leaves the dead first: should we die before it is back among the
 * living, it is buried anew when a worker starts.
 */
export const revive = async ({ live, dead }: QueuePair, id: string, settings: JobSettings): Promise<'retried' | 'unknown' | 'not-dead'> => {
  const job = await live.getJob(id);
  const corpse = await dead.getJob(id);
  if (job !== undefined) {
    await corpse?.remove();
    if (!(await hasFailed(live, id))) return 'not-dead';
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    return 'retried';
  }
  if (corpse === undefined) return 'unknown';
  const { death: _, ...data } = corpse.data;
  await live.add(corpse.name, data, jobOptions(id, settings));
  await corpse.remove();
  return 'retried';
};

const hasFailed = async (live: QueuePair['live'], id: string): Promise<boolean> => (await live.getJobState(id)) === 'failed';
