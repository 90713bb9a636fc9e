import type { Pool, PoolClient } from 'pg';
import { DependencyDown } from '../../../commands/ports.ts';

/** A connection that answers nothing is worse than a broken one: after `ms` it counts as broken. */
export const within = async <T>(ms: number, what: string, answer: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const unanswered = (): void =>
    reject(new DependencyDown('event log', new Error(`PostgreSQL did not answer within ${ms / 1000} s (${what})`)));
  const timer = setTimeout(unanswered, ms);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** A connection of one's own for a while; thrown away where the work on it failed. */
export const withClient = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  // The query that was under way rejects too; without a listener the event would end the program.
  const alreadyTold = (): void => undefined;
  client.on('error', alreadyTold);
  try {
    const result = await work(client);
    client.off('error', alreadyTold);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
};
