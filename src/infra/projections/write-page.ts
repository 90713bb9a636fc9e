import { DatabaseError, type Client } from 'pg';
import type { RowChange } from '../../http/live/ports.ts';
import type { Row } from '../../projections/projection.ts';
import { copyIn } from '../postgres/copy-in.ts';
import type { Fetch, FoldedPage, TableOutcome } from './fold-page.ts';
import type { Group, Mark } from './group.ts';
import { advanceOf, changesOf, insertedChanges, insertedParkings, newsOf } from './page-calls.ts';
import { run, runTogether, type Call } from './statements.ts';
import type { Target } from './target.ts';

/** The database will not have a row as it was folded. */
export class RowRefused extends Error {
  readonly target: Target;
  constructor(target: Target, cause: Error) {
    super(`${target.table} refuses a row: ${cause.message}`, { cause });
    this.name = 'RowRefused';
    this.target = target;
  }
}

/** Data exception, integrity violation, limit exceeded: the row is at fault, not the statement or the server. */
const isRefusal = (error: unknown): error is DatabaseError => error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? '');

/** Fetches rows of all tables in one round trip. */
export const fetchInto =
  (client: Client): Fetch =>
  async (missing) => {
    const fetched = [...missing].map(async ([{ projection, statements, cache }, keys]) => {
      const { rows } = await run(client, { statement: statements.fetch, values: [[...keys]] });
      for (const key of keys) cache.put(key, null);
      for (const row of rows as readonly Row[]) cache.put(row[projection.key] as string, row);
    });
    await Promise.all(fetched);
  };

type TableRows = {
  readonly target: Target;
  readonly fresh: readonly Row[];
  readonly changed: readonly Row[];
  readonly gone: readonly string[];
};

const rowsOf = ([target, outcome]: readonly [Target, TableOutcome]): TableRows => {
  const fresh: Row[] = [];
  const changed: Row[] = [];
  const gone: string[] = [];
  for (const [key, { was, row }] of outcome) {
    if (row !== null) (was === null ? fresh : changed).push(row);
    else if (was !== null) gone.push(key);
  }
  return { target, fresh, changed, gone };
};

/** Rows fewer than this cost less by a statement that is prepared. */
const WORTH_COPYING = 20;

const putRows = ({ statements }: Target, rows: readonly Row[]): readonly Call[] =>
  rows.length === 0 ? [] : [{ statement: statements.upsert, values: statements.upsertValues(rows) }];
const removeRows = ({ statements }: Target, keys: readonly string[]): readonly Call[] =>
  keys.length === 0 ? [] : [{ statement: statements.remove, values: [keys] }];

/** What a page is written by, beside its rows; `news` last. */
type Beside = { readonly calls: readonly Call[]; readonly news: readonly Call[] };

/** In one statement, as most pages of a log that is followed are. False: nothing was written, since it is not to be had so. */
const writeInOne = async (client: Client, tables: readonly TableRows[], { calls, news: [news] }: Beside): Promise<boolean> => {
  if (news === undefined || tables.some(({ fresh }) => fresh.length >= WORTH_COPYING)) return false;
  const rows = tables.flatMap(({ target, fresh, changed, gone }) => [
    ...putRows(target, [...fresh, ...changed]),
    ...removeRows(target, gone),
  ]);
  try {
    return (await runTogether(client, [...rows, ...calls], news)) !== null;
  } catch (error) {
    // By one statement a table it is seen which of them refuses.
    if (isRefusal(error)) return false;
    throw error;
  }
};

/** In one round trip too, by statements of which each may fail by itself. */
const writeOneByOne = async (client: Client, tables: readonly TableRows[], { calls, news }: Beside): Promise<void> => {
  const refusals: RowRefused[] = [];
  const queries: Promise<unknown>[] = [client.query('begin')];
  const sendRows = (target: Target, sent: Promise<unknown>): void => {
    const answered = sent.catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      refusals.push(new RowRefused(target, error));
    });
    queries.push(answered);
  };
  for (const { target, fresh, changed, gone } of tables) {
    const copies = fresh.length >= WORTH_COPYING;
    if (copies) sendRows(target, copyIn(client, target.statements.copy, target.statements.copied(fresh)));
    for (const call of [...putRows(target, copies ? changed : [...fresh, ...changed]), ...removeRows(target, gone)])
      sendRows(target, run(client, call));
  }
  for (const call of [...calls, ...news]) queries.push(run(client, call));
  queries.push(client.query('commit'));

  const answers = await Promise.allSettled(queries);
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
};

/** Writes a folded page, and how far it brings the group, in one transaction. Answers what screens see of it. Throws RowRefused, having written nothing. */
export const writePage = async (client: Client, group: Group, page: FoldedPage, mark: Mark): Promise<readonly RowChange[]> => {
  const tables = [...page.tables].map(rowsOf).filter(({ fresh, changed, gone }) => fresh.length + changed.length + gone.length > 0);
  const changes = group.building ? [] : changesOf(page);
  const calls = [...insertedChanges(changes), ...insertedParkings(page.parkings, group.building), advanceOf(group, mark)];
  const beside: Beside = { calls, news: newsOf(group, mark, changes) };
  if (!(await writeInOne(client, tables, beside))) await writeOneByOne(client, tables, beside);

  for (const [{ cache }, outcome] of page.tables) {
    for (const [key, { row }] of outcome) cache.put(key, row);
    cache.trim();
  }
  for (const { target, event } of page.parkings) target.parked.add(event.stream);
  group.position = mark.position;
  group.checkpoint = mark.checkpoint;
  return changes;
};
