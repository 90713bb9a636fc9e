import { Client } from 'pg';
import { START } from '../../commands/ports.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Group, Mark } from './group.ts';
import { createIndexes, createTable, qualified, secondTableName, showTable, tableName } from './tables.ts';
import { renamed, targetOf, type Target } from './target.ts';

/** Readers of a view that is replaced are waited for no longer than this; then the next try comes later. */
const LOCK_TIMEOUT = '2s';

/** Makes and drops tables, which the program's role may not: as the owner, in one transaction. */
const asOwner = async (client: Client, work: () => Promise<void>): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(`set local role none; set local lock_timeout = '${LOCK_TIMEOUT}'`);
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

/** A read model in use as the database knows it; null where there is none yet. */
export type InUse = { readonly version: number } | null;

/** An empty table beside the one in use, to be filled from the log's beginning. The first of all is shown at once. */
export const beginBuild = async (client: Client, projection: Projection, inUse: InUse): Promise<Target> => {
  const table = buildTable(projection, inUse);
  await asOwner(client, async () => {
    if (inUse === null) await client.query(`drop view if exists ${qualified(projection.name)}`);
    await client.query(createTable(projection, table));
    if (inUse === null) await client.query(showTable(projection, table));
    await client.query('delete from public.parked_streams where projection = $1 and building', [projection.name]);
    await client.query(
      `insert into public.projection_checkpoints (projection, building, version, position, checkpoint, stale_until)
       values ($1, true, $2, 0, $3, 0)
       on conflict (projection, building) do update set version = excluded.version, position = 0, checkpoint = excluded.checkpoint, updated_at = now()`,
      [projection.name, projection.version, START],
    );
  });
  return targetOf(projection, table, { tableIsEmpty: true, parked: [] });
};

const COUNT_INDEXES = 'select count(*)::int as count from pg_index where indrelid = $1::regclass';

/** Makes the indexes of built tables that have none yet, by a connection of its own: the read models in use are kept up meanwhile. */
export const makeIndexes = async (ownerUrl: string, targets: readonly Target[]): Promise<void> => {
  const client = new Client({ connectionString: ownerUrl, application_name: 'brigade indexes' });
  await client.connect();
  try {
    for (const { projection, table } of targets) {
      // Its primary key it has from the beginning.
      const { rows } = await client.query<{ readonly count: number }>(COUNT_INDEXES, [qualified(table)]);
      if (rows[0]?.count === 1) await client.query(createIndexes(projection, table));
    }
  } finally {
    await client.end();
  }
};

export const buildTable = (projection: Projection, inUse: InUse): string =>
  inUse?.version === projection.version ? secondTableName(projection) : tableName(projection);

/** Puts built tables in the place of the former ones, all at once. They must have come exactly as far as those they join, to `mark`. */
export const putInUse = async (
  client: Client,
  built: Group,
  { position, checkpoint }: Mark,
  inUse: ReadonlyMap<string, InUse>,
): Promise<readonly Target[]> => {
  await asOwner(client, async () => {
    for (const { projection, table } of built.targets) {
      const former = inUse.get(projection.name) ?? null;
      const final = tableName(projection);
      await client.query(`drop view if exists ${qualified(projection.name)}`);
      if (former !== null) await client.query(`drop table if exists ${qualified(`${projection.name}_v${former.version}`)}`);
      if (table !== final) await client.query(`alter table ${qualified(table)} rename to "${final}"`);
      await client.query(showTable(projection, final));
    }
    const names = built.targets.map(({ projection }) => projection.name);
    await client.query('delete from public.parked_streams where projection = any($1) and not building', [names]);
    await client.query('update public.parked_streams set building = false where projection = any($1)', [names]);
    await client.query('delete from public.projection_checkpoints where projection = any($1) and building', [names]);
    for (const { projection } of built.targets) {
      // Rows of the first table of all are no other table's: only what was seen before it existed is stale.
      const staleUntil = (inUse.get(projection.name) ?? null) === null ? position - 1 : position;
      await client.query(
        `insert into public.projection_checkpoints (projection, building, version, position, checkpoint, stale_until)
         values ($1, false, $2, $3, $4, $5)
         on conflict (projection, building) do update set version = excluded.version, position = excluded.position,
           checkpoint = excluded.checkpoint, stale_until = excluded.stale_until, updated_at = now()`,
        [projection.name, projection.version, position, checkpoint, staleUntil],
      );
    }
    await client.query(`select pg_notify('projected', $1), pg_notify('row_changes', $1)`, [String(position)]);
  });
  return built.targets.map((target) => renamed(target, tableName(target.projection)));
};
