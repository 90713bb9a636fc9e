import { DatabaseError, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';

/** What identity needs of a pool, or of one of its connections. */
export type Db = { readonly query: <R extends QueryResultRow>(statement: QueryConfig) => Promise<QueryResult<R>> };

/** SQLSTATE classes of a server that cannot serve right now: connection, resources, intervention, system. */
const UNABLE = /^(?:08|53|57|58)/;

/** The same queries; a server that cannot be reached or cannot serve throws `DependencyDown`. */
export const reachable = (db: Db): Db => ({
  query: async <R extends QueryResultRow>(statement: QueryConfig) => {
    try {
      return await db.query<R>(statement);
    } catch (error) {
      const ourMistake = error instanceof TypeError || (error instanceof DatabaseError && !UNABLE.test(error.code ?? ''));
      throw ourMistake ? error : new DependencyDown('database', error);
    }
  },
});
