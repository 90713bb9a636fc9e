import type { Row } from '../../projections/projection.ts';

/** Rows as the table has them, for a projector that alone writes it. */
export type RowCache = {
  /** Null: there is no such row; undefined: only the table knows. */
  readonly get: (key: string) => Row | null | undefined;
  readonly put: (key: string, row: Row | null) => void;
  /** Forgets what was longest unused, beyond the capacity. */
  readonly trim: () => void;
};

export type CacheCapacity = { readonly rows: number; readonly keys: number };

/** `tableIsEmpty`: as long as the keys of all rows are known, what is not among them is nowhere, and need not be looked for. */
export const rowCache = (capacity: CacheCapacity, tableIsEmpty: boolean): RowCache => {
  const rows = new Map<string, Row | null>();
  /** Of rows forgotten here; null where there may be others. */
  let elsewhere: Set<string> | null = tableIsEmpty ? new Set() : null;
  return {
    get: (key) => {
      const row = rows.get(key);
      return row === undefined && elsewhere !== null && !elsewhere.has(key) ? null : row;
    },
    put: (key, row) => {
      rows.delete(key);
      elsewhere?.delete(key);
      if (row !== null || elsewhere === null) rows.set(key, row);
    },
    trim: () => {
      for (const key of rows.keys()) {
        if (rows.size <= capacity.rows) return;
        rows.delete(key);
        elsewhere?.add(key);
        if (elsewhere !== null && elsewhere.size > capacity.keys) elsewhere = null;
      }
    },
  };
};
