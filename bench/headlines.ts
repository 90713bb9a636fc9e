import type { Row } from './report.ts';

/** The few figures that the README tells: which row, and which of its figures. */
export type Headline = {
  readonly label: string;
  readonly part: string;
  readonly what: string;
  readonly at: string;
  readonly figure: (row: Row) => string;
};

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 1 });
const aSecond = ({ perSecond }: Row): string => `${number(perSecond)} a second`;
const p99 = ({ p99Ms }: Row): string => `p99 ${number(p99Ms)} ms`;
const both = (row: Row): string => `${aSecond(row)}, ${p99(row)}`;

const ALONE = 'commands, API alone';
const IN_ONE = 'commands, all roles in one process';

export const headlines: readonly Headline[] = [
  { label: 'Durable append on an idle system', part: 'append', what: 'appends', at: '1 writer', figure: p99 },
  { label: 'Durable appends, 64 writers', part: 'append', what: 'appends', at: '64 writers', figure: both },
  { label: 'Durable appends, 256 writers', part: 'append', what: 'appends', at: '256 writers', figure: both },
  { label: 'Commands over HTTP, 64 connections, the API alone', part: 'commands', what: ALONE, at: '64 connections', figure: both },
  { label: 'The same with all of the program in one process', part: 'commands', what: IN_ONE, at: '64 connections', figure: both },
  { label: '1,000 orders opened at once, the API alone', part: 'commands', what: ALONE, at: '1,000 orders opened at once', figure: p99 },
  { label: 'From an event to 200 screens', part: 'live', what: 'event recorded to display', at: '200 displays', figure: p99 },
  { label: 'From an event to 1,000 screens', part: 'live', what: 'event recorded to display', at: '1000 displays', figure: p99 },
  {
    label: 'All read models from a million events',
    part: 'rebuild',
    what: 'building all read models',
    at: '1,000,000 events',
    figure: aSecond,
  },
  {
    label: 'One read model from a million events',
    part: 'rebuild',
    what: 'building orders alone',
    at: '1,000,000 events',
    figure: aSecond,
  },
  {
    label: 'An aggregate of 10,000 events, by its snapshot',
    part: 'cold-load',
    what: 'cold load with a snapshot',
    at: '10,000 events',
    figure: p99,
  },
  { label: 'An auditor verifies a million events', part: 'verify', what: 'verify an export', at: '1,000,000 events', figure: aSecond },
];
