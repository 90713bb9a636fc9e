import { UnrecoverableError } from 'bullmq';
import type { JobQueueName } from '../../commands/policies/job.ts';
import type { Json } from '../../domain/decider.ts';
import { Rejection } from '../../domain/rejection.ts';
import { pause as realPause, type Pause } from '../policies/only-one.ts';
import type { JobCause } from '../policies/plan.ts';
import type { Log } from '../postgres/log.ts';
import type { JobBackend, WorkerTimes } from './backend.ts';
import { bury, buryForgotten, idOf, type KeptJob } from './dead-letters.ts';
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
const BURIAL_PAUSE_MS = 1_000;

/** Works on a queue until stopped. Stopping waits for the jobs under way; what a killed worker left is taken up by another. */
export const startWorker = async (needs: WorkerNeeds): Promise<{ readonly stop: () => Promise<void> }> => {
  const { backend, queue, pair, handle, log, onOutcome, pause = realPause, times = TIMES } = needs;
  const stopping = new AbortController();
  const burials = new Set<Promise<void>>();

  await buryForgotten(pair);
  const worker = backend.worker(queue, (job) => attempt(handle, job), times);
  worker.on('error', (error) => log.warn({ err: error, queue }, 'A job worker has trouble'));
  worker.on('completed', () => onOutcome(queue, 'completed'));
  worker.on('failed', (job, error) => {
    const dead = job?.finishedOn !== undefined;
    log[dead ? 'error' : 'warn'](
      { err: error, queue, jobId: job?.id, attempt: job?.attemptsMade },
      dead ? 'A job is dead' : 'A job failed and will be tried again',
    );
    onOutcome(queue, dead ? 'dead' : 'failed');
    if (job === undefined || !dead) return;
    const burial = untilBuried(pair, job, log, pause, stopping.signal).finally(() => burials.delete(burial));
    burials.add(burial);
  });
  const running = worker.run();
  return {
    stop: async () => {
      await worker.close();
      await running;
      stopping.abort();
      await Promise.all(burials);
    },
  };
};

const attempt = async (handle: JobHandler, job: KeptJob): Promise<void> => {
  try {
    await handle({ id: idOf(job), data: job.data.data, cause: job.data.cause });
  } catch (error) {
    if (error instanceof Rejection) throw new UnrecoverableError(`${error.code}: ${error.detail}`);
    throw error;
  }
};

const untilBuried = async (pair: QueuePair, job: KeptJob, log: Log, pause: Pause, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      return await bury(pair, job);
    } catch (error) {
      log.error({ err: error, jobId: job.id }, 'A dead job could not be put among the dead');
      if (signal.aborted) return;
      await pause(BURIAL_PAUSE_MS, signal).catch(() => undefined);
    }
  }
};
