/** One measured line; `ratio` is to the yardstick measured beside it. */
export type Row = {
  readonly what: string;
  readonly at: string;
  readonly perSecond: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly ratio: number | null;
  readonly refused?: number;
};

const cell = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value));

/** A Markdown table. */
export const table = (rows: readonly Row[]): string =>
  [
    '| what | at | per second | p50 ms | p99 ms | max ms | ratio | refused |',
    '|---|---|--:|--:|--:|--:|--:|--:|',
    ...rows.map(
      ({ what, at, perSecond, p50Ms, p99Ms, maxMs, ratio, refused }) =>
        `| ${what} | ${at} | ${cell(perSecond)} | ${p50Ms} | ${p99Ms} | ${maxMs} | ${cell(ratio)} | ${cell(refused)} |`,
    ),
  ].join('\n');
