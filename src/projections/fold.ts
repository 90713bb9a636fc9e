import { changesOf, type Fact, type Projection, type Row } from './projection.ts';

/** Folds one more event into rows kept in memory. */
export const foldInto = <R extends Row>(rows: Map<string, R>, projection: Projection<R>, fact: Fact): void => {
  for (const change of changesOf(projection, fact)) {
    const row = change.to(rows.get(change.key) ?? null);
    if (row === null) rows.delete(change.key);
    else rows.set(change.key, row);
  }
};
