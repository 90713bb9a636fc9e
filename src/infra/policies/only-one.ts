import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Log } from '../postgres/log.ts';
import { openSession } from '../postgres/session.ts';

/** Waits; rejects when the signal aborts. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;
export const pause: Pause = (milliseconds, signal) => delay(milliseconds, undefined, { signal });

/** `signal` aborts when the session is lost too: whoever works must then stop, since another may have begun. */
export type Work = (session: Client, signal: AbortSignal) => Promise<void>;

export type OnlyOne = {
  readonly ownerUrl: string;
  /** What there is to be only one of, in one database. */
  readonly name: string;
  readonly log: Log;
  readonly pause?: Pause;
  /** True for a failure that no further try can mend. */
  readonly isFinal?: (error: unknown) => boolean;
};

const STANDBY_MS = 1_000;
const AFTER_FAILURE_MS = 1_000;

/**
 * Does the work in one process at a time: whoever holds the lock of a session works, the others stand by and take over when
 * that session ends. What the work writes through its session, it therefore writes alone. Returns when the signal aborts.
 */
export const asOnlyOne = async (work: Work, only: OnlyOne, signal: AbortSignal): Promise<void> => {
  const { ownerUrl, name, log, pause: wait = pause, isFinal = () => false } = only;
  while (!signal.aborted) {
    try {
      await inSession(ownerUrl, name, signal, async (session, held) => {
        while (!(await lockTaken(session, name))) await wait(STANDBY_MS, held);
        log.info({ name }, 'This process does the work now');
        await work(session, held);
        held.throwIfAborted();
      });
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) throw error;
      log.error({ err: error, name }, 'The work was interrupted and starts again');
      await wait(AFTER_FAILURE_MS, signal).catch(() => undefined);
    }
  }
};

const inSession = async (ownerUrl: string, name: string, signal: AbortSignal, work: Work): Promise<void> => {
  const { client, lost, close } = await openSession(ownerUrl, { name: `brigade ${name}` });
  try {
    await work(client, AbortSignal.any([signal, lost]));
  } finally {
    await close();
  }
};

const lockTaken = async (session: Client, name: string): Promise<boolean> => {
  const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [
    `brigade ${name}`,
  ]);
  return rows[0]?.taken === true;
};
