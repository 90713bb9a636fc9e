import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';
import { isAnswer } from '../postgres/is-answer.ts';

/** What identity needs of a pool, or of one of its connections. */
export type Db = { readonly query: <R extends QueryResultRow>(statement: QueryConfig) => Promise<QueryResult<R>> };

/** The same queries; a server that cannot be reached or cannot serve throws `DependencyDown`. */
export const reachable = (db: Db): Db => ({
  query: async <R extends QueryResultRow>(statement: QueryConfig) => {
    try {
      return await db.query<R>(statement);
    } catch (error) {
      const ourMistake = error instanceof TypeError || isAnswer(error);
      throw ourMistake ? error : new DependencyDown('database', error);
    }
  },
});
