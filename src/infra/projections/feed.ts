import type { Pool, QueryResultRow } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';
import type { FeedPage, LiveFeed, LiveRow, News, RowFilter, Snapshot } from '../../http/live/ports.ts';
import type { Projection } from '../../projections/projection.ts';
import { listen } from '../postgres/connect-listen.ts';
import type { Log } from '../postgres/log.ts';
import { twice } from '../postgres/twice.ts';
import type { Committed } from './committed.ts';
import { rowTypes } from './row-types.ts';
import { quotedColumn, qualified, selectedColumns } from './tables.ts';

type Options = {
  readonly pool: Pool;
  /** The owner's, for listening. */
  readonly url: string;
  readonly projections: readonly Projection[];
  /** The log's last position. */
  readonly head: () => Promise<number>;
  /** Of a projector in this process; left out, all is read. */
  readonly committed?: Committed;
  readonly log: Log;
};

type State = { readonly position: number; readonly staleUntil: number; readonly forgotten: number };
type ChangeRow = { readonly at: number | null; readonly projection: string; readonly key: string; readonly row: LiveRow | null };

const STATE = `
  select coalesce(min(c.position), 0) as position, coalesce(max(c.stale_until), -1) as "staleUntil",
    (select position from public.row_changes_forgotten) as forgotten
  from public.projection_checkpoints c where not c.building and c.projection = any($1)`;
const CHANGES = `select s.*, c.position as at, c.projection, c.key, c.row from (${STATE}) s left join lateral`;
const SOME = `${CHANGES} (select * from public.row_changes where position > $2 order by position, ordinal limit $3) c on true`;
const OF_ONE_POSITION = `${CHANGES} (select * from public.row_changes where position = $2 order by ordinal) c on true`;

/**
 * Once a table was replaced at a position, those who saw the former one may have stopped at that very position, like those who
 * see the new one: the latter are half a step further.
 */
const positionOf = ({ position, staleUntil }: Pick<State, 'position' | 'staleUntil'>): number =>
  position > staleUntil ? position : staleUntil + 0.5;

const isGone = (after: number, { staleUntil, forgotten }: State): boolean => after < forgotten || after <= staleUntil;

const pageOf = (rows: readonly ChangeRow[], position: number, more: boolean): FeedPage => ({
  kind: 'page',
  changes: rows.flatMap(({ at, projection, key, row }) => (at === null ? [] : [{ position: at, projection, key, row }])),
  position,
  more,
});

/** Columns come from our own code, values from screens. */
const conditions = (
  projection: Projection,
  { equal, unequal }: RowFilter,
  firstParameter: number,
): { where: string; values: readonly string[] } => {
  const values: string[] = [];
  const parameter = (value: string): string => `$${firstParameter - 1 + values.push(value)}`;
  const clauses = [
    ...Object.entries(equal).map(
      ([column, value]) => `${quotedColumn(projection, column)} ${value === null ? 'is null' : `= ${parameter(value)}`}`,
    ),
    ...Object.entries(unequal).map(
      ([column, value]) => `${quotedColumn(projection, column)} ${value === null ? 'is not null' : `is distinct from ${parameter(value)}`}`,
    ),
  ];
  return { where: clauses.length === 0 ? 'true' : clauses.join(' and '), values };
};

type SnapshotRow = { readonly $there: boolean | null; readonly $position: number; readonly $staleUntil: number } & LiveRow;

const snapshotOf = (found: readonly SnapshotRow[]): Snapshot => {
  const [first] = found;
  if (first === undefined) throw new Error('The read models have no state; restore the database from a backup');
  const position = positionOf({ position: first.$position, staleUntil: first.$staleUntil });
  const rows = found
    .filter(({ $there }) => $there === true)
    .map(({ $there: _there, $position: _position, $staleUntil: _staleUntil, ...row }): LiveRow => row);
  return { position, rows };
};

/** The row changes the projector committed, for the live stream. */
export const liveFeed = async ({
  pool,
  url,
  projections,
  head,
  committed,
  log,
}: Options): Promise<LiveFeed & { readonly close: () => Promise<void> }> => {
  const shown = new Map(projections.filter(({ live }) => live).map((projection) => [projection.name, projection]));
  const names = [...shown.keys()];

  const ask = async <R extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<readonly R[]> => {
    try {
      const { rows } = await twice(() => pool.query<R>({ text, values: [...values], types: rowTypes }));
      return rows;
    } catch (error) {
      throw new DependencyDown('read models', error);
    }
  };

  const state = async (): Promise<State> => {
    const [found] = await ask<State>(STATE, [names]);
    return found ?? { position: 0, staleUntil: -1, forgotten: 0 };
  };

  const changesAfter = async (after: number, limit: number): Promise<FeedPage> => {
    const rows = await ask<State & ChangeRow>(SOME, [names, Math.floor(after), limit + 1]);
    const [first] = rows;
    if (first === undefined || isGone(after, first)) return { kind: 'gone' };
    const cut = rows[limit]?.at ?? null;
    if (cut === null) return pageOf(rows, Math.max(after, positionOf(first)), false);
    const whole = rows.filter(({ at }) => at !== cut);
    const last = whole.at(-1)?.at;
    if (typeof last === 'number') return pageOf(whole, last, true);
    return pageOf(await ask<ChangeRow>(OF_ONE_POSITION, [names, cut]), cut, true);
  };

  const snapshot: LiveFeed['snapshot'] = async (filter) => {
    const projection = shown.get(filter.projection);
    if (projection === undefined) throw new Error(`${filter.projection} is not streamed live`);
    const { where, values } = conditions(projection, filter, 2);
    const rows = await ask<SnapshotRow>(
      `select s.position as "$position", s."staleUntil" as "$staleUntil", r.* from (${STATE}) s
       left join lateral (select true as "$there", ${selectedColumns(projection)} from ${qualified(projection.name)} where ${where}) r on true`,
      [names, ...values],
    );
    return snapshotOf(rows);
  };

  const hints = new Set<() => void>();
  const listeners = new Set<(news: News) => void>();
  const look = (): void => hints.forEach((hint) => hint());
  const stop = await listen(url, ['row_changes'], look, { log });
  const stopCommitted = committed?.listen((news) => (news === null ? look() : listeners.forEach((listener) => listener(news))));
  return {
    position: async () => positionOf(await state()),
    changesAfter,
    snapshot,
    heads: async () => {
      const [logPosition, { position }] = await Promise.all([head(), state()]);
      return { logPosition, projectionPosition: position };
    },
    onHint: (hint) => {
      hints.add(hint);
      return () => void hints.delete(hint);
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      stopCommitted?.();
      await stop();
    },
  };
};
