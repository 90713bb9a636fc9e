import type { RowChange } from '../../http/live/ports.ts';
import type { FoldedPage, Parking } from './fold-page.ts';
import type { Group, Mark } from './group.ts';
import type { Call, Statement } from './statements.ts';
import { fromJsonList, jsonList } from './tables.ts';

const CHANGES: Statement = {
  name: 'insert row_changes',
  text: (first) => `insert into public.row_changes (position, ordinal, projection, key, row)
    select position, ordinal, projection, key, row::json
    from rows from (json_to_recordset($${first}::json) as (position bigint, ordinal int, projection text, key text), ${fromJsonList(first + 1)})
      as c(position, ordinal, projection, key, row)`,
};
const PARKINGS: Statement = {
  name: 'insert parked_streams',
  text: (first) => `insert into public.parked_streams (projection, building, stream, position, type, reason, error)
    select projection, building, stream, position, type, reason, error from json_to_recordset($${first}::json)
      as p(projection text, building boolean, stream text, position bigint, type text, reason text, error text)`,
};
const ADVANCE: Statement = {
  name: 'advance projection_checkpoints',
  text: (first) => `update public.projection_checkpoints set position = $${first}, checkpoint = $${first + 1}, updated_at = now()
    where building = $${first + 2} and projection = any($${first + 3})`,
};
const NOTIFY: Statement = { name: 'notify projected', text: (first) => `select pg_notify('projected', $${first})` };
const NOTIFY_CHANGES: Statement = {
  name: 'notify row_changes',
  text: (first) => `select pg_notify('projected', $${first}), pg_notify('row_changes', $${first})`,
};

type Change = RowChange & { readonly ordinal: number };

/** For screens: each changed row once, at the position of its last change. */
export const changesOf = ({ tables }: FoldedPage): readonly Change[] => {
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

export const insertedChanges = (changes: readonly Change[]): readonly Call[] => {
  if (changes.length === 0) return [];
  const places = JSON.stringify(changes.map(({ row: _row, ...place }) => place));
  return [{ statement: CHANGES, values: [places, jsonList(changes.map(({ row }) => row))] }];
};

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

export const insertedParkings = (parkings: readonly Parking[], building: boolean): readonly Call[] =>
  parkings.length === 0 ? [] : [{ statement: PARKINGS, values: [JSON.stringify(parkings.map((parking) => parkedRow(parking, building)))] }];

export const advanceOf = ({ building, targets }: Group, { position, checkpoint }: Mark): Call => ({
  statement: ADVANCE,
  values: [position, checkpoint, building, targets.map(({ projection }) => projection.name)],
});

/** Nobody is told of what is built beside the read models in use. */
export const newsOf = ({ building }: Group, { position }: Mark, changes: readonly Change[]): readonly Call[] =>
  building ? [] : [{ statement: changes.length === 0 ? NOTIFY : NOTIFY_CHANGES, values: [String(position)] }];
