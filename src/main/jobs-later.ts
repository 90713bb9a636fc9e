import { jobQueues } from '../commands/policies/job.ts';
import type { Jobs } from '../http/ports.ts';
import type { JobRoom } from './jobs.ts';
import type { System } from './system.ts';

/** What those who look at jobs need, there before the jobs are: they wait for them. */
export type JobDoor = {
  readonly board: Jobs;
  /** Null where jobs are kept in the database. */ readonly ping: (() => Promise<unknown>) | null;
};

export const jobDoor = (opening: Promise<JobRoom>, { redis }: System['config']): JobDoor => ({
  board: {
    queues: jobQueues,
    counts: async () => (await opening).board.counts(),
    list: async (filter, limit, after) => (await opening).board.list(filter, limit, after),
    retry: async (jobId, locationIds) => (await opening).board.retry(jobId, locationIds),
  },
  ping: redis.url === null ? null : async () => (await opening).backend.ping?.(),
});

/** The queues and those who work on them are loaded only now: commands are answered without them. */
export const openJobsLater = async (system: System, served: Promise<void>): Promise<JobRoom> => {
  await served;
  const { openJobs } = await import('./jobs.ts');
  return openJobs(system);
};

export const startWorkingLater = async (system: System, room: JobRoom): Promise<{ readonly lost: Promise<Error> }> => {
  const { startWorking } = await import('./jobs.ts');
  return startWorking(system, room);
};
