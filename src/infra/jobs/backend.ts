import { createPostgresBackend, Queue, withBackend, Worker, type PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { asApp } from '../postgres/connect.ts';
import type { Log } from '../postgres/log.ts';
import { outliveLoss } from '../postgres/outlive-loss.ts';
import { JOBS_SCHEMA } from './migrate.ts';
import { jobQueue, type JobData, type JobQueue, type KeptJob } from './queue.ts';

/** The parts of BullMQ's worker that are the same whatever it takes its jobs from. */
export type JobWorker = Pick<Worker<JobData>, 'on' | 'run' | 'close' | 'waitUntilReady'>;
export type Processor = (job: KeptJob) => Promise<void>;
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
  /** Rejects where Redis is away; null where jobs are kept in the database. */
  readonly ping: (() => Promise<unknown>) | null;
  readonly close: () => Promise<void>;
};

const workerOptions = ({ concurrency, lockMs, stalledCheckMs, stallsAllowed }: WorkerTimes) => ({
  autorun: false,
  concurrency,
  lockDuration: lockMs,
  stalledInterval: stalledCheckMs,
  maxStalledCount: stallsAllowed,
});

const CONNECT_MS = 5_000;

export const postgresJobs = (ownerUrl: string, log: Log, max = 8): JobBackend => {
  const url = new URL(asApp(ownerUrl));
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c search_path=${JOBS_SCHEMA}`);
  const pool = new Pool({
    connectionString: url.href,
    application_name: 'brigade jobs',
    max,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
  });
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error, pool: 'jobs' }, 'An idle database connection was lost');
  });
  outliveLoss(pool);
  // BullMQ describes the little of pg that it uses in types of its own, and its classes are others for each backend.
  const connection = pool as unknown as PgPool;
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  return {
    queue: (name) => jobQueue(new PostgresQueue<JobData>(name, { connection }) as unknown as Queue<JobData>, log),
    worker: (name, work, times) =>
      new PostgresWorker<JobData>(name, work, { connection, ...workerOptions(times) }) as unknown as Worker<JobData>,
    ping: null,
    close: () => pool.end(),
  };
};

const PREFIX = 'brigade';
const LONGEST_PAUSE_MS = 1_000;

export const redisJobs = (redisUrl: string, log: Log): JobBackend => {
  let leaving = false;
  // BullMQ makes more connections from these, and its own close would wait for a Redis that is away: they must end by themselves.
  const retryStrategy = (tries: number): number | null => (leaving ? null : Math.min(tries * 50, LONGEST_PAUSE_MS));
  // Whoever adds or looks is told when Redis is away; a worker waits for it.
  const asking = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, retryStrategy });
  const working = new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy });
  for (const client of [asking, working]) client.on('error', (error) => log.warn({ err: error }, 'Redis is out of reach'));
  return {
    queue: (name) => jobQueue(new Queue<JobData>(name, { connection: asking, prefix: PREFIX }), log),
    worker: (name, work, times) => new Worker<JobData>(name, work, { connection: working, prefix: PREFIX, ...workerOptions(times) }),
    ping: () => asking.ping(),
    close: async () => {
      leaving = true;
      await Promise.all([asking, working].map(leave));
    },
  };
};

/** One that is not connected cannot say goodbye. */
const leave = async (client: Redis): Promise<void> => {
  if (client.status === 'ready') await client.quit();
  else client.disconnect();
};
