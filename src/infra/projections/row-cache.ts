import type { Row } from '../../projections/projection.ts';
import { seenKeys, type SeenKeys } from './seen-keys.ts';

/** Rows as the table has them, for a projector that alone writes it. */
export type RowCache = {
  /** Null: there is no such row; undefined: only the table knows. */
  readonly get: (key: string) => Row | null | undefined;
  readonly put: (key: string, row: Row | null) => void;
  /** Forgets what was longest unused, beyond the capacity. */
  readonly trim: () => void;
};

/** `seenBytes`: for remembering which keys were forgotten. */
export type CacheCapacity = { readonly rows: number; readonly seenBytes: number };

/** `tableIsEmpty`: then all of its rows come through here, and a key that was never forgotten need not be looked for there. */
export const rowCache = (capacity: CacheCapacity, tableIsEmpty: boolean): RowCache => {
  const rows = new Map<string, Row | null>();
  /** Of rows forgotten here; null: of none. */
  let forgotten: SeenKeys | null = null;
  const mayBeElsewhere = (key: string): boolean => !tableIsEmpty || forgotten?.mayHave(key) === true;
  return {
    get: (key) => {
      const row = rows.get(key);
      return row === undefined && !mayBeElsewhere(key) ? null : row;
    },
    put: (key, row) => {
      rows.delete(key);
      if (row !== null || mayBeElsewhere(key)) rows.set(key, row);
    },
    trim: () => {
      for (const key of rows.keys()) {
        if (rows.size <= capacity.rows) return;
        rows.delete(key);
        if (tableIsEmpty) (forgotten ??= seenKeys(capacity.seenBytes)).add(key);
      }
    },
  };
};
