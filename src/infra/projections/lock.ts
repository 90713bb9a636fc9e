import { Client, DatabaseError } from 'pg';
import { asApp } from '../postgres/connect.ts';
import { advisoryLocks } from '../postgres/advisory-locks.ts';

/** How long one try waits: a projector that is told to stop while it waits is held up no longer. */
const TRY_FOR = '1s';
const LOCK_NOT_AVAILABLE = '55P03';

export type LockedSession = {
  readonly client: Client;
  /** Aborts when the connection, and with it the lock, is lost. */ readonly lost: AbortSignal;
  readonly close: () => Promise<void>;
};

/**
 * A connection that holds the projector's lock, waited for as long as another has it; null when stopped before.
 * All that a projector writes goes through it: who lost the lock cannot write.
 */
export const lockedSession = async (ownerUrl: string, signal: AbortSignal): Promise<LockedSession | null> => {
  const client = new Client({ connectionString: asApp(ownerUrl), application_name: 'brigade projector', keepAlive: true, pipeline: true });
  const loss = new AbortController();
  client.on('error', (error) => loss.abort(error));
  client.on('end', () => loss.abort(new Error('The connection to PostgreSQL ended')));
  const close = (): Promise<void> => client.end();
  try {
    await client.connect();
    // What a crash takes back is folded from the log again.
    await client.query(`set synchronous_commit = off; set lock_timeout = '${TRY_FOR}'`);
    while (!signal.aborted) {
      if (!(await locked(client))) continue;
      await client.query('set lock_timeout = default');
      return { client, lost: loss.signal, close };
    }
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return null;
};

const locked = async (client: Client): Promise<boolean> => {
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.projector]);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
};
