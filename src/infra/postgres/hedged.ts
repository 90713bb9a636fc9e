import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

const SILENT_MS = 750;

/** Those at rest may have gone silent together with one that was in use, and tell it only when they are. */
const discardIdle = (pool: Pool): void => {
  for (let idle = pool.idleCount; idle > 0; idle--) {
    pool.connect().then(
      (client) => client.release(true),
      () => undefined,
    );
  }
};

/**
 * Asks again, on a new connection, where there is no answer in a while: a connection may have gone silent, of which TCP tells
 * much later. The first answer counts. For what may be asked twice.
 */
export const hedged = async <T>(pool: Pool, ask: () => Promise<T>): Promise<T> => {
  const first = ask();
  const settled = new AbortController();
  const settle = (): void => settled.abort();
  first.then(settle, settle);
  const isSilent = await delay(SILENT_MS, true, { signal: settled.signal }).catch(() => false);
  if (!isSilent) return first;
  discardIdle(pool);
  try {
    return await Promise.any([first, ask()]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
};
