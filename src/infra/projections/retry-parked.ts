import type { Client } from 'pg';
import type { EventStore } from '../../commands/ports.ts';
import type { Row } from '../../projections/projection.ts';
import { changesOf } from '../../projections/projection.ts';
import { factOf, requireKnown } from './fact.ts';
import type { Group } from './group.ts';
import { run } from './statements.ts';
import type { Target } from './target.ts';

/** `rebuilding`: its rows are made of several streams' events, so nothing less is right. `parked`: it still cannot be taken in. */
export type Retried = 'taken-in' | 'not-parked' | 'rebuilding' | 'parked';

/** The rows that one stream's events make, for a read model none of whose rows another stream changes. */
const rowsOfStream = async (
  store: EventStore,
  { projection }: Target,
  stream: string,
  position: number,
): Promise<ReadonlyMap<string, Row | null>> => {
  const rows = new Map<string, Row | null>();
  for (const event of await store.readStream(stream)) {
    if (event.position > position) break;
    requireKnown(projection, event);
    for (const change of changesOf(projection, factOf(event))) rows.set(change.key, change.to(rows.get(change.key) ?? null));
  }
  return rows;
};

/** Folds a parked stream anew, up to where the read model is. Throws what the fold or the database says against it. */
export const takeInParked = async (client: Client, store: EventStore, live: Group, target: Target, stream: string): Promise<void> => {
  const { projection, statements, cache } = target;
  const rows = await rowsOfStream(store, target, stream, live.position);
  const there = [...rows.values()].filter((row) => row !== null);
  const gone = [...rows].filter(([, row]) => row === null).map(([key]) => key);
  await client.query('begin');
  try {
    await run(client, { statement: statements.upsert, values: statements.upsertValues(there) });
    await run(client, { statement: statements.remove, values: [gone] });
    await client.query('delete from public.parked_streams where projection = $1 and stream = $2 and not building', [
      projection.name,
      stream,
    ]);
    // Screens saw the rows as they were while the stream was parked.
    await client.query('update public.projection_checkpoints set stale_until = position where projection = $1 and not building', [
      projection.name,
    ]);
    await client.query(`select pg_notify('row_changes', $1)`, [String(live.position)]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  for (const [key, row] of rows) cache.put(key, row);
  target.parked.delete(stream);
};
