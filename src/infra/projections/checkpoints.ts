import type { Client } from 'pg';
import { StaleCheckpoint } from '../event-store/stale-checkpoint.ts';
import type { EventStore } from '../../commands/ports.ts';
import type { Projection } from '../../projections/projection.ts';
import type { ParkReason } from './fold-page.ts';
import { BEGINNING, groupOf, type Group } from './group.ts';
import { beginBuild, buildTable, type InUse } from './owner-work.ts';
import { tableName } from './tables.ts';
import { targetOf, type Target } from './target.ts';

type CheckpointRow = {
  readonly projection: string;
  readonly building: boolean;
  readonly version: number;
  readonly position: number;
  readonly checkpoint: string;
};

export type ParkedRow = {
  readonly projection: string;
  readonly building: boolean;
  readonly stream: string;
  readonly type: string;
  readonly reason: ParkReason;
};

const readCheckpoints = async (client: Client): Promise<readonly CheckpointRow[]> => {
  const { rows } = await client.query(
    'select projection, building, version, position::float8 as position, checkpoint from public.projection_checkpoints',
  );
  return rows;
};

export const readParked = async (client: Client): Promise<readonly ParkedRow[]> => {
  const { rows } = await client.query('select projection, building, stream, type, reason from public.parked_streams');
  return rows;
};

/** False: the log is not the one the checkpoint was made on, or was put back to an earlier state. */
const isOfThisLog = async (store: EventStore, { checkpoint, position }: CheckpointRow): Promise<boolean> => {
  try {
    await store.readLog(checkpoint, 1);
    return position <= (await store.head());
  } catch (error) {
    if (error instanceof StaleCheckpoint) return false;
    throw error;
  }
};

/** What a projector finds: the read models in use, which have all come equally far, and those to build, by how far they have come. */
export type Found = { readonly live: Group; readonly builds: readonly Group[]; readonly inUse: ReadonlyMap<string, InUse> };

/**
 * Sorts the projections by what the database holds of them. Built anew is what is new, has another version than its table,
 * did not keep up with the others (a program without it ran meanwhile), or belongs to another log.
 */
export const findGroups = async (client: Client, store: EventStore, projections: readonly Projection[]): Promise<Found> => {
  const rows = await readCheckpoints(client);
  const parked = await readParked(client);
  const wanted = new Map(projections.map((projection) => [projection.name, projection]));
  const inUse = new Map<string, InUse>(rows.filter(({ building }) => !building).map((row) => [row.projection, row]));
  const parkedOf = (name: string, building: boolean): readonly string[] =>
    parked.filter((row) => row.projection === name && row.building === building).map(({ stream }) => stream);

  const current = rows.filter((row) => wanted.get(row.projection)?.version === row.version);
  const furthest = current.filter(({ building }) => !building).toSorted((a, b) => b.position - a.position)[0];
  const common = furthest !== undefined && (await isOfThisLog(store, furthest)) ? furthest : null;
  const liveRows = current.filter((row) => !row.building && row.position === common?.position && row.checkpoint === common.checkpoint);
  const liveTargets = liveRows.flatMap(({ projection: name }) => {
    const projection = wanted.get(name);
    return projection === undefined
      ? []
      : [targetOf(projection, tableName(projection), { tableIsEmpty: false, parked: parkedOf(name, false) })];
  });
  const live = groupOf(false, liveTargets, common ?? BEGINNING);

  const missing = projections.filter(({ name }) => !liveRows.some((row) => row.projection === name));
  const begun = new Map<string, { readonly mark: CheckpointRow | null; readonly targets: Target[] }>();
  for (const projection of missing) {
    const row = current.find(({ projection: name, building }) => building && name === projection.name) ?? null;
    const former = inUse.get(projection.name) ?? null;
    const mark = row !== null && (await isOfThisLog(store, row)) ? row : null;
    const target =
      mark === null
        ? await beginBuild(client, projection, former)
        : targetOf(projection, buildTable(projection, former), { tableIsEmpty: false, parked: parkedOf(projection.name, true) });
    const key = mark === null ? '' : `${mark.position} ${mark.checkpoint}`;
    const group = begun.get(key) ?? { mark, targets: [] };
    group.targets.push(target);
    begun.set(key, group);
  }
  const builds = [...begun.values()].map(({ mark, targets }) => groupOf(true, targets, mark ?? BEGINNING));
  return { live, builds, inUse };
};
