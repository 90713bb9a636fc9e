import type { Row } from '../../projections/projection.ts';

/** Rows as the table has them, for a projector that alone writes it. */
export type RowCache = {
  /** Null: there is no such row; undefined: only the table knows. */
  readonly get: (key: string) => Row | null | undefined;
  readonly put: (key: string, row: Row | null) => void;
  /** Forgets what was longest unused, beyond the capacity. */
  readonly trim: () => void;
};

/** `tableIsEmpty`: until something is forgotten, what is not here is nowhere. */
export const rowCache = (capacity: number, tableIsEmpty: boolean): RowCache => {
  const rows = new Map<string, Row | null>();
  let complete = tableIsEmpty;
  return {
    get: (key) => {
      const row = rows.get(key);
      return row === undefined && complete ? null : row;
    },
    put: (key, row) => {
      rows.delete(key);
      if (row !== null || !complete) rows.set(key, row);
    },
    trim: () => {
      for (const key of rows.keys()) {
        if (rows.size <= capacity) return;
        rows.delete(key);
        complete = false;
      }
    },
  };
};
