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
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, SILENT_MS, true);
  });
  const isSilent = await Promise.race([
    first.then(
      () => false,
      () => false,
    ),
    silent,
  ]);
  clearTimeout(timer);
  if (!isSilent) return first;
  discardIdle(pool);
  try {
    return await Promise.any([first, ask()]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
};
