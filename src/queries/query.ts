import type { Static, TObject, TSchema } from 'typebox';
import type { CommonQueryMethods } from 'slonik';
import type { Row, Projection } from '../projections/projection.ts';

/** The locations whose things the asker may see; null: all. */
export type Scope = readonly string[] | null;

/** Folds the log up to a moment: an ISO 8601 instant (when it happened) or a log position. */
export type Until = { readonly time: string } | { readonly position: number };
export type History = {
  /** The rows of a projection as they were; `stream` alone is read where it is given. */
  readonly fold: <R extends Row>(projection: Projection<R>, until: Until, stream?: string) => Promise<ReadonlyMap<string, R>>;
};

/** One question, declared once. `params` are path and query parameters together, already parsed to their types. */
export type QueryDefinition<Params extends TObject = TObject, Answer extends TSchema = TSchema> = {
  readonly name: string;
  readonly summary: string;
  readonly permission: string;
  readonly path: string;
  readonly params: Params;
  readonly answer: Answer;
  /** The read models it needs, for callers that wait for their own write. */
  readonly reads: readonly string[];
  /** Null: there is no such thing, or it is another location's. */
  // Methods, whose parameters are checked both ways: so questions with different parameters stand in one list.
  run(db: CommonQueryMethods, params: Static<Params>, scope: Scope): Promise<Static<Answer> | null>;
  /** The same question about the past, where it can be asked. */
  asOf?(history: History, until: Until, params: Static<Params>, scope: Scope): Promise<Static<Answer> | null>;
};

export const query = <Params extends TObject, Answer extends TSchema>(
  definition: QueryDefinition<Params, Answer>,
): QueryDefinition<Params, Answer> => definition;
