import { createPostgresBackend, Queue, withBackend, Worker, type PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import type { Json } from '../../domain/decider.ts';
import type { JobCause } from '../policies/plan.ts';
import { asApp } from '../postgres/connect.ts';
import type { Log } from '../postgres/log.ts';
import { JOBS_SCHEMA } from './migrate.ts';

/** What a queue keeps of a job; `death` is there once it is among the dead. */
export type JobData = { readonly data: Json; readonly cause: JobCause; readonly death?: Death };
export type Death = { readonly reason: string; readonly attempts: number; readonly at: string };

/** The parts of BullMQ's classes that are the same whatever they keep their jobs in. */
export type JobQueue = Pick<
  Queue<JobData>,
  'name' | 'add' | 'addBulk' | 'getJob' | 'getJobState' | 'getJobs' | 'getJobCounts' | 'waitUntilReady' | 'remove' | 'close' | 'on'
>;
export type JobWorker = Pick<Worker<JobData>, 'on' | 'run' | 'close' | 'waitUntilReady'>;
export type Processor = ConstructorParameters<typeof Worker<JobData>>[1];
export type WorkerTimes = {
  readonly concurrency: number;
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  readonly stallsAllowed: number;
};

export type JobBackend = {
  readonly queue: (name: string) => JobQueue;
  /** Does nothing until `run`. */
  readonly worker: (name: string, work: Processor, times: WorkerTimes) => JobWorker;
  readonly close: () => Promise<void>;
};

const workerOptions = ({ concurrency, lockMs, stalledCheckMs, stallsAllowed }: WorkerTimes) => ({
  autorun: false,
  concurrency,
  lockDuration: lockMs,
  stalledInterval: stalledCheckMs,
  maxStalledCount: stallsAllowed,
});

export const postgresJobs = (ownerUrl: string, log: Log, max = 8): JobBackend => {
  const url = new URL(asApp(ownerUrl));
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c search_path=${JOBS_SCHEMA}`);
  const pool = new Pool({ connectionString: url.href, application_name: 'brigade jobs', max, keepAlive: true });
  pool.on('error', (error) => log.warn({ err: error, pool: 'jobs' }, 'An idle database connection was lost'));
  // BullMQ describes the little of pg that it uses in types of its own.
  const connection = pool as unknown as PgPool;
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  return {
    queue: (name) => new PostgresQueue<JobData>(name, { connection }) as unknown as JobQueue,
    worker: (name, work, times) =>
      new PostgresWorker<JobData>(name, work as never, { connection, ...workerOptions(times) }) as unknown as JobWorker,
    close: () => pool.end(),
  };
};

const PREFIX = 'brigade';

export const redisJobs = (redisUrl: string, log: Log): JobBackend => {
  // Whoever adds or looks is told at once when Redis is away; a worker waits for it.
  const asking = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5_000 });
  const working = new Redis(redisUrl, { maxRetriesPerRequest: null });
  for (const client of [asking, working]) client.on('error', (error) => log.warn({ err: error }, 'Redis is out of reach'));
  return {
    queue: (name) => new Queue<JobData>(name, { connection: asking, prefix: PREFIX }),
    worker: (name, work, times) => new Worker<JobData>(name, work, { connection: working, prefix: PREFIX, ...workerOptions(times) }),
    close: async () => {
      await Promise.all([asking, working].map(leave));
    },
  };
};

/** One that is not connected cannot say goodbye. */
const leave = async (client: Redis): Promise<void> => {
  if (client.status === 'ready') await client.quit();
  else client.disconnect();
};
