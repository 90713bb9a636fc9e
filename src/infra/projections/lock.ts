import { DatabaseError, type Client } from 'pg';
import { advisoryLocks } from '../postgres/advisory-locks.ts';
import { openSession, type Session } from '../postgres/session.ts';

/** How long one try waits: a projector that is told to stop while it waits is held up no longer. */
const TRY_FOR = '500ms';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * A session that holds the projector's lock, waited for as long as another has it; null when stopped before.
 * All that a projector writes goes through it: who lost the lock cannot write.
 */
export const lockedSession = async (ownerUrl: string, signal: AbortSignal): Promise<Session | null> => {
  const session = await openSession(ownerUrl, { name: 'brigade projector', pipeline: true });
  const { client, close } = session;
  try {
    // What a crash takes back is folded from the log again.
    await client.query(`set synchronous_commit = off; set lock_timeout = '${TRY_FOR}'`);
    while (!signal.aborted) {
      if (!(await locked(client))) continue;
      await client.query('set lock_timeout = default');
      return session;
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
