import { UnrecoverableError } from 'bullmq';
import type { JobQueueName } from '../../commands/policies/job.ts';
import type { Json } from '../../domain/decider.ts';
import { Rejection } from '../../domain/rejection.ts';
import { pause as realPause, type Pause } from '../policies/only-one.ts';
import type { JobCause } from '../policies/plan.ts';
import type { Log } from '../postgres/log.ts';
import type { JobBackend, JobWorker, Processor, WorkerTimes } from './backend.ts';
import { bury, buryForgotten, idOf } from './dead-letters.ts';
import { answered, type KeptJob } from './queue.ts';
import type { QueuePair } from './queues.ts';

/** May be called again for a job it did before, where a process died in between. A `Rejection` is final, other errors are tried again. */
export type JobHandler = (job: { readonly id: string; readonly data: Json; readonly cause: JobCause }) => Promise<void>;

export type JobOutcome = 'completed' | 'failed' | 'dead';
export type WorkerNeeds = {
  readonly backend: JobBackend;
  readonly queue: JobQueueName;
  readonly pair: QueuePair;
  readonly handle: JobHandler;
  readonly log: Log;
  /** `failed` is an attempt that will be followed by another. */
  readonly onOutcome: (queue: string, outcome: JobOutcome) => void;
  readonly pause?: Pause;
  readonly times?: WorkerTimes;
};

/** A worker that was killed is noticed when its lock ends, at most two checks later. */
const TIMES: WorkerTimes = { concurrency: 8, lockMs: 30_000, stalledCheckMs: 15_000, stallsAllowed: 20 };
const AGAIN_MS = 1_000;

/**
 * Works on a queue until stopped, once its store can be reached. Stopping waits for the jobs under way; what a killed
 * worker left is taken up by another.
 */
export const startWorker = (needs: WorkerNeeds): { readonly stop: () => Promise<void> } => {
  const { pair, log, pause = realPause } = needs;
  const stopping = new AbortController();
  const { signal } = stopping;
  const burials = new Set<Promise<void>>();
  const burying = (what: () => Promise<void>): Promise<void> => {
    const burial = persistently(what, { log, pause, signal }).finally(() => burials.delete(burial));
    burials.add(burial);
    return burial;
  };

  const underWay = new Set<Promise<void>>();
  const handle = (job: KeptJob): Promise<void> => {
    const work = attempt(needs.handle, job).finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };
  const open = (): JobWorker => openWorker(needs, handle, (job) => void burying(() => bury(pair, job)));

  let worker = open();
  let running: Promise<void> = Promise.resolve();
  const begin = async (): Promise<void> => {
    while (!(await isReady(worker, log))) {
      await worker.close();
      await pause(AGAIN_MS, signal);
      worker = open();
    }
    if (!signal.aborted) running = worker.run();
  };
  void burying(() => buryForgotten(pair));
  const begun = begin().catch((error: unknown) => log.warn({ err: error, queue: needs.queue }, 'A job worker was stopped before it began'));
  return {
    stop: async () => {
      stopping.abort();
      // Closing a worker that is still connecting to PostgreSQL would leave a connection behind.
      await answered(begun).catch(() => undefined);
      const closed = Promise.all([worker.close(), running]);
      await Promise.allSettled(underWay);
      // BullMQ would wait until its store is back; a job that it cannot note as done is done again, and its effects are single.
      await answered(closed).catch((error: unknown) => log.warn({ err: error, queue: needs.queue }, 'A job worker was left'));
      await Promise.all(burials);
    },
  };
};

const isReady = async (worker: JobWorker, log: Log): Promise<boolean> => {
  try {
    await worker.waitUntilReady();
    return true;
  } catch (error) {
    log.warn({ err: error }, 'A job worker cannot reach its queue; trying again');
    return false;
  }
};

const openWorker = (
  { backend, queue, log, onOutcome, times = TIMES }: WorkerNeeds,
  work: Processor,
  onDead: (job: KeptJob) => void,
): JobWorker => {
  const worker = backend.worker(queue, work, times);
  worker.on('error', (error) => log.warn({ err: error, queue }, 'A job worker has trouble'));
  worker.on('completed', () => onOutcome(queue, 'completed'));
  worker.on('failed', (job, error) => {
    const dead = job?.finishedOn !== undefined;
    const what = { err: error, queue, jobId: job?.id, attempt: job?.attemptsMade };
    if (dead) log.error(what, 'A job is dead');
    else log.warn(what, 'A job failed and will be tried again');
    onOutcome(queue, dead ? 'dead' : 'failed');
    if (job !== undefined && dead) onDead(job);
  });
  return worker;
};

const attempt = async (handle: JobHandler, job: KeptJob): Promise<void> => {
  try {
    await handle({ id: idOf(job), data: job.data.data, cause: job.data.cause });
  } catch (error) {
    if (error instanceof Rejection) throw new UnrecoverableError(`${error.code}: ${error.detail}`);
    throw error;
  }
};

type Patience = { readonly log: Log; readonly pause: Pause; readonly signal: AbortSignal };

/** Until it is done, or the signal aborts. */
const persistently = async (work: () => Promise<void>, { log, pause, signal }: Patience): Promise<void> => {
  do {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, 'Dead jobs could not be put among the dead; trying again');
      await pause(AGAIN_MS, signal).catch(() => undefined);
    }
  } while (!signal.aborted);
};
