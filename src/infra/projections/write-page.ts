import { DatabaseError, type Client, type QueryResult } from 'pg';
import type { RowChange } from '../../http/live/ports.ts';
import type { Row } from '../../projections/projection.ts';
import type { Fetch, FoldedPage, Parking, TableOutcome } from './fold-page.ts';
import type { Group, Mark } from './group.ts';
import { copyIn } from '../postgres/copy-in.ts';
import { fromJsonList, jsonList, rowTypes, type Statement } from './tables.ts';
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

const run = (client: Client, { name, text }: Statement, values: readonly unknown[]): Promise<QueryResult> =>
  client.query({ name, text, values: [...values], types: rowTypes });

/** Fetches rows of all tables in one round trip. */
export const fetchInto =
  (client: Client): Fetch =>
  async (missing) => {
    const fetched = [...missing].map(async ([{ projection, statements, cache }, keys]) => {
      const { rows } = await run(client, statements.fetch, [[...keys]]);
      for (const key of keys) cache.put(key, null);
      for (const row of rows as readonly Row[]) cache.put(row[projection.key] as string, row);
    });
    await Promise.all(fetched);
  };

type Rows = { readonly fresh: readonly Row[]; readonly changed: readonly Row[]; readonly gone: readonly string[] };

const rowsOf = (outcome: TableOutcome): Rows => {
  const fresh: Row[] = [];
  const changed: Row[] = [];
  const gone: string[] = [];
  for (const [key, { was, row }] of outcome) {
    if (row !== null) (was === null ? fresh : changed).push(row);
    else if (was !== null) gone.push(key);
  }
  return { fresh, changed, gone };
};

const CHANGES: Statement = {
  name: 'insert row_changes',
  text: `insert into public.row_changes (position, ordinal, projection, key, row)
    select position, ordinal, projection, key, row::json
    from rows from (json_to_recordset($1::json) as (position bigint, ordinal int, projection text, key text), ${fromJsonList(2)})
      as c(position, ordinal, projection, key, row)`,
};
const PARKINGS: Statement = {
  name: 'insert parked_streams',
  text: `insert into public.parked_streams (projection, building, stream, position, type, reason, error)
    select projection, building, stream, position, type, reason, error from json_to_recordset($1::json)
      as p(projection text, building boolean, stream text, position bigint, type text, reason text, error text)`,
};
const ADVANCE: Statement = {
  name: 'advance projection_checkpoints',
  text: `update public.projection_checkpoints set position = $1, checkpoint = $2, updated_at = now() where building = $3 and projection = any($4)`,
};
const NOTIFY: Statement = { name: 'notify projected', text: `select pg_notify('projected', $1)` };
const NOTIFY_CHANGES: Statement = { name: 'notify row_changes', text: `select pg_notify('projected', $1), pg_notify('row_changes', $1)` };

type Change = {
  readonly position: number;
  readonly ordinal: number;
  readonly projection: string;
  readonly key: string;
  readonly row: Row | null;
};

/** For screens: each changed row once, at the position of its last change. */
const changesOf = ({ tables }: FoldedPage): readonly Change[] => {
  const changes = [...tables]
    .filter(([{ projection }]) => projection.live)
    .flatMap(([{ projection }, outcomes]) =>
      [...outcomes]
        .filter(([, { was, row }]) => was !== row)
        .map(([key, { row, position }]) => ({ position, projection: projection.name, key, row })),
    )
    .toSorted((a, b) => a.position - b.position);
  let ordinal = 0;
  return changes.map((change, index) => {
    ordinal = changes[index - 1]?.position === change.position ? ordinal + 1 : 0;
    return { ...change, ordinal };
  });
};

/** Rows fewer than this cost less by a statement that is prepared. */
const WORTH_COPYING = 20;
const LONGEST_ERROR = 2_000;
const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\0', '').slice(0, LONGEST_ERROR);

const parkedRow = ({ target, event, reason, error }: Parking, building: boolean) => ({
  projection: target.projection.name,
  building,
  stream: event.stream,
  position: event.position,
  type: event.type,
  reason,
  error: textOf(error),
});

/** Writes a folded page, and how far it brings the group, in one transaction and one round trip. Answers what screens see of it. Throws RowRefused, having written nothing. */
export const writePage = async (client: Client, group: Group, page: FoldedPage, mark: Mark): Promise<readonly RowChange[]> => {
  const refusals: RowRefused[] = [];
  const queries: Promise<unknown>[] = [client.query('begin')];
  const send = (statement: Statement, values: readonly unknown[]): void => void queries.push(run(client, statement, values));
  const sendRows = (target: Target, sent: Promise<unknown>): void => {
    const answered = sent.catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      refusals.push(new RowRefused(target, error));
    });
    queries.push(answered);
  };
  const upsert = (target: Target, rows: readonly Row[]): void => {
    if (rows.length > 0) sendRows(target, run(client, target.statements.upsert, target.statements.upsertValues(rows)));
  };

  for (const [target, outcome] of page.tables) {
    const { fresh, changed, gone } = rowsOf(outcome);
    if (fresh.length < WORTH_COPYING) upsert(target, [...fresh, ...changed]);
    else {
      sendRows(target, copyIn(client, target.statements.copy, target.statements.copied(fresh)));
      upsert(target, changed);
    }
    if (gone.length > 0) sendRows(target, run(client, target.statements.remove, [gone]));
  }
  const changes = group.building ? [] : changesOf(page);
  if (changes.length > 0)
    send(CHANGES, [JSON.stringify(changes.map(({ row: _row, ...change }) => change)), jsonList(changes.map(({ row }) => row))]);
  if (page.parkings.length > 0) send(PARKINGS, [JSON.stringify(page.parkings.map((parking) => parkedRow(parking, group.building)))]);
  send(ADVANCE, [mark.position, mark.checkpoint, group.building, group.targets.map(({ projection }) => projection.name)]);
  if (!group.building) send(changes.length === 0 ? NOTIFY : NOTIFY_CHANGES, [String(mark.position)]);
  queries.push(client.query('commit'));

  const answers = await Promise.allSettled(queries);
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;

  for (const [{ cache }, outcome] of page.tables) {
    for (const [key, { row }] of outcome) cache.put(key, row);
    cache.trim();
  }
  for (const { target, event } of page.parkings) target.parked.add(event.stream);
  group.position = mark.position;
  group.checkpoint = mark.checkpoint;
  return changes;
};
