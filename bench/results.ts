import type { Measured, Row } from './report.ts';

/** One part of bench/results.json, by the part's name. */
export type PartResults = Measured & {
  readonly machine: string;
  /** ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  readonly rounds: number;
  /** The machine's load average when the part began: what others did meanwhile spoils figures. */
  readonly loadBefore: number;
};
export type Results = { readonly [part: string]: PartResults };

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : Number((((sorted[middle - 1] ?? Number.NaN) + upper) / 2).toPrecision(6));
};

type Figure = number | null | undefined;
const over = (rows: readonly Row[], of: (row: Row) => Figure): number | null => {
  const values = rows.map(of).filter((value): value is number => typeof value === 'number');
  return values.length === 0 ? null : median(values);
};

const ofRounds = (first: Row, rows: readonly Row[]): Row => {
  const { what, at, beside, memoryMb, refused } = first;
  return {
    what,
    at,
    perSecond: over(rows, ({ perSecond }) => perSecond),
    p50Ms: over(rows, ({ p50Ms }) => p50Ms),
    p99Ms: over(rows, ({ p99Ms }) => p99Ms),
    p999Ms: over(rows, ({ p999Ms }) => p999Ms),
    maxMs: over(rows, ({ maxMs }) => maxMs),
    ...(beside === undefined
      ? {}
      : { beside: Object.fromEntries(Object.keys(beside).map((name) => [name, over(rows, (row) => row.beside?.[name]) ?? Number.NaN])) }),
    ...(refused === undefined ? {} : { refused: rows.reduce((sum, row) => sum + (row.refused ?? 0), 0) }),
    ...(memoryMb === undefined
      ? {}
      : {
          memoryMb: {
            from: Math.min(...rows.map((row) => row.memoryMb?.from ?? Infinity)),
            to: Math.max(...rows.map((row) => row.memoryMb?.to ?? 0)),
          },
        }),
  };
};

/** Of each figure the median of the rounds; of memory the least and the most; of refusals all. */
export const medians = (rounds: readonly Measured[]): Measured => {
  const byName = Map.groupBy(
    rounds.flatMap(({ rows }) => rows),
    ({ what, at }) => `${what} ${at}`,
  );
  return {
    rows: [...byName.values()].flatMap((rows) => (rows[0] === undefined ? [] : [rows.length === 1 ? rows[0] : ofRounds(rows[0], rows)])),
    notes: [...new Set(rounds.flatMap(({ notes }) => notes))],
  };
};
