/** One measured line; null where the figure says nothing or its tool does not tell it. */
export type Row = {
  readonly what: string;
  readonly at: string;
  readonly perSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms?: number | null;
  readonly maxMs: number | null;
  /** How often as fast (or, of times, how often as long) as yardsticks measured in the same run, by their names. */
  readonly beside?: { readonly [yardstick: string]: number };
  readonly refused?: number;
  /** Of the process that did it, while it did it. */
  readonly memoryMb?: { readonly from: number; readonly to: number };
};

/** `notes`: what a reader must know, such as a yardstick that is absent here. */
export type Measured = { readonly rows: readonly Row[]; readonly notes: readonly string[] };
export type Options = { readonly seconds: number; readonly events: number };
/** One part of the benchmarks. */
export type Part = (options: Options) => Promise<Measured>;

export const NO_TIMES = { p50Ms: null, p99Ms: null, maxMs: null };

export const ratio = (ours: number, yardstick: number): number => Number((ours / yardstick).toPrecision(3));

type Column = { readonly title: string; readonly of: (row: Row) => string };

const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 2 });
export const besides = ({ beside = {} }: Row): string =>
  Object.entries(beside)
    .map(([yardstick, times]) => `${figure(times)} × ${yardstick}`)
    .join(', ');

const COLUMNS: readonly Column[] = [
  { title: 'what', of: ({ what }) => what },
  { title: 'at', of: ({ at }) => at },
  { title: 'per second', of: ({ perSecond }) => figure(perSecond) },
  { title: 'p50 ms', of: ({ p50Ms }) => figure(p50Ms) },
  { title: 'p99 ms', of: ({ p99Ms }) => figure(p99Ms) },
  { title: 'p99.9 ms', of: ({ p999Ms }) => figure(p999Ms) },
  { title: 'longest ms', of: ({ maxMs }) => figure(maxMs) },
  { title: 'beside', of: besides },
  { title: 'refused', of: ({ refused }) => figure(refused) },
  { title: 'memory MB', of: ({ memoryMb }) => (memoryMb === undefined ? '' : `${memoryMb.from} to ${memoryMb.to}`) },
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A Markdown table, of the columns that say anything. */
export const table = (rows: readonly Row[]): string => {
  const columns = COLUMNS.filter(({ of }) => rows.some((row) => of(row) !== ''));
  const rule = columns.map((_, index) => (index < 2 ? '---' : '--:'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map((row) => line(columns.map(({ of }) => of(row))))].join('\n');
};

/** What a part says when it is run alone. */
export const told = ({ rows, notes }: Measured): string => [table(rows), ...notes.map((note) => `- ${note}`)].join('\n');

export const eventsOf = (count: number): string => `${count.toLocaleString('en-US')} events`;

/** What is under way, for whoever waits. */
export const say = (what: string): void => console.error(`  ${what} …`);
