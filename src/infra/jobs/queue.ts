import type { Job, JobsOptions, Queue } from 'bullmq';
import { DependencyDown } from '../../commands/ports.ts';
import type { Json } from '../../domain/decider.ts';
import type { JobCause } from '../policies/plan.ts';
import type { Log } from '../postgres/log.ts';

/** What a queue keeps of a job; `death` is there once it is among the dead. */
export type JobData = { readonly data: Json; readonly cause: JobCause; readonly death?: Death };
export type Death = { readonly reason: string; readonly attempts: number; readonly at: string };

/** A job as BullMQ hands it out. */
export type KeptJob = Pick<Job<JobData>, 'id' | 'name' | 'data' | 'attemptsMade' | 'failedReason' | 'finishedOn' | 'timestamp' | 'opts'>;
export type QueueState = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed';

/** One queue, whatever it is kept in. Throws `DependencyDown` where that is out of reach. */
export type JobQueue = {
  /** Does nothing where a job has that id already. */
  readonly add: (name: string, data: JobData, options: JobsOptions & { readonly jobId: string }) => Promise<void>;
  readonly find: (id: string) => Promise<KeptJob | null>;
  readonly hasFailed: (id: string) => Promise<boolean>;
  /** Newest first. */
  readonly list: (state: QueueState, offset: number, limit: number) => Promise<readonly KeptJob[]>;
  readonly counts: () => Promise<{ readonly [State in QueueState]: number }>;
  /** A failed job waits again, with all its attempts. */
  readonly retry: (id: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const PATIENCE_MS = 5_000;

/** BullMQ itself waits for as long as its store is away; this does not. */
export const answered = async <T>(answer: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DependencyDown('job queue', new Error(`No answer within ${PATIENCE_MS / 1000} s`))),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([answer, promise]);
  } catch (error) {
    throw isOutOfReach(error) ? new DependencyDown('job queue', error) : error;
  } finally {
    clearTimeout(timer);
  }
};

const isOutOfReach = (error: unknown): boolean =>
  error instanceof Error &&
  /isn't writeable|connection|timed out|ECONN|max retries/i.test(`${error.message} ${'code' in error ? String(error.code) : ''}`);

const STATES: readonly QueueState[] = ['waiting', 'active', 'delayed', 'completed', 'failed'];

export const jobQueue = (queue: Queue<JobData>, log: Log): JobQueue => {
  queue.on('error', (error) => log.warn({ err: error, queue: queue.name }, 'A job queue has trouble'));
  return {
    add: async (name, data, options) => void (await answered(queue.add(name, data, options))),
    find: async (id) => (await answered(queue.getJob(id))) ?? null,
    hasFailed: async (id) => (await answered(queue.getJobState(id))) === 'failed',
    list: (state, offset, limit) => answered(queue.getJobs([state], offset, offset + limit - 1)),
    counts: async () => {
      const { waiting = 0, active = 0, delayed = 0, completed = 0, failed = 0 } = await answered(queue.getJobCounts(...STATES));
      return { waiting, active, delayed, completed, failed };
    },
    retry: async (id) => {
      const job = await answered(queue.getJob(id));
      await answered(job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }) ?? Promise.resolve());
    },
    remove: async (id) => void (await answered(queue.remove(id))),
    close: () => queue.close(),
  };
};
