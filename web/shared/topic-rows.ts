import type { Changes, Resumed, Snapshot } from '../../src/http/live/protocol.ts';
import { impossible } from './impossible.ts';

export type TopicFrame<Row> =
  | (Omit<Snapshot, 'rows'> & { readonly rows: readonly Row[] })
  | Resumed
  | (Omit<Changes, 'changes'> & { readonly changes: readonly { readonly key: string; readonly row: Row | null }[] });

/** A topic's rows by key, as of a log position; `position` null before the first snapshot. */
export type TopicRows<Row> = { readonly position: number | null; readonly rows: ReadonlyMap<string, Row> };

export const noRows = <Row>(): TopicRows<Row> => ({ position: null, rows: new Map() });

/** A frame from before the position held is a repeat and changes nothing. */
export const withFrame = <Row>(held: TopicRows<Row>, frame: TopicFrame<Row>, keyOf: (row: Row) => string): TopicRows<Row> => {
  switch (frame.type) {
    case 'snapshot':
      return { position: frame.position, rows: new Map(frame.rows.map((row) => [keyOf(row), row])) };
    case 'resumed':
      return { ...held, position: Math.max(frame.position, held.position ?? 0) };
    case 'changes':
      return held.position !== null && frame.position < held.position ? held : changed(held, frame);
    default:
      return impossible(frame);
  }
};

const changed = <Row>(held: TopicRows<Row>, frame: TopicFrame<Row> & { type: 'changes' }): TopicRows<Row> => {
  const rows = new Map(held.rows);
  for (const { key, row } of frame.changes) {
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
  return { position: frame.position, rows };
};

/** Rows that were there and no longer are. */
export const left = <Row>(before: TopicRows<Row>, after: TopicRows<Row>): readonly Row[] =>
  [...before.rows].filter(([key]) => !after.rows.has(key)).map(([, row]) => row);
