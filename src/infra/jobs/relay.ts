import type { Pool } from 'pg';
import type { JobsOptions } from 'bullmq';
import type { JobQueueName } from '../../commands/policies/job.ts';
import { pause as realPause, type Pause } from '../policies/only-one.ts';
import { listen } from '../postgres/connect-listen.ts';
import type { Log } from '../postgres/log.ts';
import type { JobData, JobQueue } from './queue.ts';
import type { Queues } from './queues.ts';

/** `backoffMs` is the pause after the first failure; it doubles with each further one. */
export type JobSettings = { readonly attempts: number; readonly backoffMs: number };

export type Relay = {
  readonly pool: Pool;
  readonly queues: Queues;
  readonly settings: JobSettings;
  readonly log: Log;
  readonly onPending: (jobs: number) => void;
};

type Waiting = { readonly id: string; readonly queue: string; readonly name: string } & JobData;

const BATCH = 100;
const POLL_MS = 1_000;
const KEEP_DONE_SECONDS = 7 * 24 * 3600;

/** A job done long ago could be added anew if its queue had forgotten it: done jobs stay far longer than a relay is down. */
export const jobOptions = (jobId: string, { attempts, backoffMs }: JobSettings): JobsOptions & { readonly jobId: string } => ({
  jobId,
  attempts,
  backoff: { type: 'exponential', delay: backoffMs },
  removeOnComplete: { age: KEEP_DONE_SECONDS },
  removeOnFail: false,
});

/** Hands waiting jobs of the outbox to their queues, then notes that it did; adding a job again is harmless. Answers how many. */
export const relayOnce = async ({ pool, queues, settings, log, onPending }: Relay): Promise<number> => {
  const { rows } = await pool.query<Waiting>(
    'select id, queue, name, data, cause from public.outbox where relayed_at is null and queue = any($1) order by number limit $2',
    [[...queues.keys()], BATCH],
  );
  for (const { id, queue, name, data, cause } of rows) await liveQueue(queues, queue).add(name, { data, cause }, jobOptions(id, settings));
  if (rows.length > 0) {
    await pool.query('update public.outbox set relayed_at = now() where id = any($1)', [rows.map(({ id }) => id)]);
    log.info({ jobs: rows.length }, 'Jobs were handed to their queues');
  }
  const pending = await pool.query<{ count: string }>('select count(*) from public.outbox where relayed_at is null');
  onPending(Number(pending.rows[0]?.count ?? 0));
  return rows.length;
};

const liveQueue = (queues: Queues, name: string): JobQueue => {
  const pair = queues.get(name as JobQueueName);
  if (pair === undefined) throw new Error(`There is no job queue ${name}`);
  return pair.live;
};

type RunningRelay = Relay & { readonly ownerUrl: string; readonly pause?: Pause };

/** Relays whenever the outbox is written, and looks each second besides, until the signal aborts. Several may run at once. */
export const runRelay = async (
  relay: Relay & { readonly ownerUrl: string; readonly pause?: Pause },
  signal: AbortSignal,
): Promise<void> => {
  const { pause = realPause } = relay;
  let hint = Promise.withResolvers<void>();
  const stopListening = await listening(relay, () => hint.resolve(), pause, signal);
  while (!signal.aborted) {
    hint = Promise.withResolvers<void>();
    if ((await relayed(relay)) === BATCH) continue;
    await untilHint(hint.promise, pause, signal);
  }
  await stopListening();
};

/** Only the first connection is ours to try again. */
const listening = async (
  { ownerUrl, log }: RunningRelay,
  onHint: () => void,
  pause: Pause,
  signal: AbortSignal,
): Promise<() => Promise<void>> => {
  while (!signal.aborted) {
    try {
      return await listen(ownerUrl, ['outbox'], onHint, { log });
    } catch (error) {
      log.warn({ err: error }, 'Cannot listen to the outbox; trying again');
      await pause(POLL_MS, signal).catch(() => undefined);
    }
  }
  return async () => undefined;
};

const relayed = async (relay: Relay): Promise<number> => {
  try {
    return await relayOnce(relay);
  } catch (error) {
    relay.log.error({ err: error }, 'Jobs could not be handed to their queues; trying again');
    return 0;
  }
};

const untilHint = async (hint: Promise<void>, pause: Pause, signal: AbortSignal): Promise<void> => {
  const hinted = new AbortController();
  const poll = pause(POLL_MS, AbortSignal.any([signal, hinted.signal])).catch(() => undefined);
  await Promise.race([hint, poll]);
  hinted.abort();
};
