import type { KeptJob } from './queue.ts';
import type { QueuePair } from './queues.ts';
import { jobOptions, type JobSettings } from './relay.ts';

export const idOf = ({ id, name }: Pick<KeptJob, 'id' | 'name'>): string => {
  if (id === undefined) throw new Error(`A job ${name} has no id`);
  return id;
};

/** Puts a job that failed for good among the dead; doing so twice is harmless. */
export const bury = async ({ live, dead }: QueuePair, job: KeptJob): Promise<void> => {
  const jobId = idOf(job);
  const death = {
    reason: job.failedReason ?? 'unknown',
    attempts: job.attemptsMade,
    at: new Date(job.finishedOn ?? job.timestamp).toISOString(),
  };
  await dead.add(job.name, { ...job.data, death }, { jobId });
  // Somebody may have had it tried again in between.
  if (!(await live.hasFailed(jobId))) await dead.remove(jobId);
};

const PAGE = 100;

/** For jobs whose worker died between their last failure and their burial. */
export const buryForgotten = async (pair: QueuePair): Promise<void> => {
  for (let offset = 0; ; offset += PAGE) {
    const jobs = await pair.live.list('failed', offset, PAGE);
    for (const job of jobs) await bury(pair, job);
    if (jobs.length < PAGE) return;
  }
};

/**
 * Has a dead job tried again, with all its attempts. It leaves the dead first: should we die before it is back among the
 * living, it is buried anew when a worker starts.
 */
export const revive = async ({ live, dead }: QueuePair, id: string, settings: JobSettings): Promise<'retried' | 'unknown' | 'not-dead'> => {
  if ((await live.find(id)) !== null) {
    await dead.remove(id);
    if (!(await live.hasFailed(id))) return 'not-dead';
    await live.retry(id);
    return 'retried';
  }
  const buried = await dead.find(id);
  if (buried === null) return 'unknown';
  const { data, cause } = buried.data;
  await live.add(buried.name, { data, cause }, jobOptions(id, settings));
  await dead.remove(id);
  return 'retried';
};
