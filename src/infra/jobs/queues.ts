import { jobQueues, type JobQueueName } from '../../commands/policies/job.ts';
import type { JobBackend } from './backend.ts';
import type { JobQueue } from './queue.ts';

/** `dead` holds the jobs of `live` that failed for good, under their own ids. */
export type QueuePair = { readonly live: JobQueue; readonly dead: JobQueue };
export type Queues = ReadonlyMap<JobQueueName, QueuePair>;

export const openQueues = (backend: JobBackend): Queues =>
  new Map(jobQueues.map((name) => [name, { live: backend.queue(name), dead: backend.queue(`${name}-dead`) }]));

export const closeQueues = async (queues: Queues): Promise<void> => {
  await Promise.all([...queues.values()].flatMap(({ live, dead }) => [live.close(), dead.close()]));
};
