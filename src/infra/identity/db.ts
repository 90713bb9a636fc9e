import { DatabaseError, type Pool } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';

export type Db = Pick<Pool, 'query'>;

/** SQLSTATE classes of a server that cannot serve right now: connection, resources, intervention, system. */
const UNABLE = /^(?:08|53|57|58)/;

/** The same queries; a server that cannot be reached or cannot serve throws `DependencyDown`. */
export const reachable = (pool: Pool): Db => ({
  query: (async (...query: Parameters<Pool['query']>) => {
    try {
      return await pool.query(...query);
    } catch (error) {
      const ourMistake = error instanceof TypeError || (error instanceof DatabaseError && !UNABLE.test(error.code ?? ''));
      throw ourMistake ? error : new DependencyDown('database', error);
    }
  }) as unknown as Pool['query'],
});
