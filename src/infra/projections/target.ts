import type { Projection } from '../../projections/projection.ts';
import { rowCache, type RowCache } from './row-cache.ts';
import { statementsFor, type TableStatements } from './tables.ts';

/** A projection, and the table its rows go to. */
export type Target = {
  readonly projection: Projection;
  readonly table: string;
  readonly statements: TableStatements;
  readonly cache: RowCache;
  /** Streams it no longer takes in. */
  readonly parked: Set<string>;
};

const CACHED = { rows: 10_000, seenBytes: 2 ** 23 };

type Options = { readonly tableIsEmpty: boolean; readonly parked: Iterable<string> };

export const targetOf = (projection: Projection, table: string, { tableIsEmpty, parked }: Options): Target => ({
  projection,
  table,
  statements: statementsFor(projection, table),
  cache: rowCache(CACHED, tableIsEmpty),
  parked: new Set(parked),
});

export const renamed = (target: Target, table: string): Target => ({
  ...target,
  table,
  statements: statementsFor(target.projection, table),
});
