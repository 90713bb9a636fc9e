import { expect } from 'chai';
import type { Pool } from 'pg';
import { START, type EventStore } from '../../src/commands/ports.ts';
import { factOf } from '../../src/infra/projections/fact.ts';
import { qualified, rowTypes, selectedColumns } from '../../src/infra/projections/tables.ts';
import { projections as all } from '../../src/projections/all.ts';
import { foldInto } from '../../src/projections/fold.ts';
import type { Projection, Row } from '../../src/projections/projection.ts';

export type Rows = ReadonlyMap<string, Row>;

/** What the whole log comes to, folded once more from nothing. */
export const foldOfLog = async (store: EventStore, projections: readonly Projection[]): Promise<ReadonlyMap<string, Rows>> => {
  const tables = projections.map((projection) => ({ projection, rows: new Map<string, Row>() }));
  for (let page = await store.readLog(START, 5_000); page.events.length > 0; page = await store.readLog(page.checkpoint, 5_000)) {
    for (const fact of page.events.map(factOf)) for (const { projection, rows } of tables) foldInto(rows, projection, fact);
  }
  return new Map(tables.map(({ projection, rows }) => [projection.name, rows]));
};

/** A read model as people see it, written as its projection writes its rows. */
export const rowsInDatabase = async (pool: Pool, projection: Projection): Promise<Rows> => {
  const text = `select ${selectedColumns(projection)} from ${qualified(projection.name)}`;
  const { rows } = await pool.query<{ readonly [column: string]: Row[string] }>({ text, types: rowTypes });
  return new Map(rows.map((row) => [row[projection.key] as string, row]));
};

const inOrder = (rows: Rows): readonly Row[] => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

/** Every read model has, row for row, what a fold of the whole log in memory has. */
export const expectReadModelsEqualFold = async (store: EventStore, pool: Pool, projections: readonly Projection[] = all): Promise<void> => {
  const expected = await foldOfLog(store, projections);
  for (const projection of projections) {
    const actual = await rowsInDatabase(pool, projection);
    expect(inOrder(actual), projection.name).to.deep.equal(inOrder(expected.get(projection.name) ?? new Map()));
  }
};
