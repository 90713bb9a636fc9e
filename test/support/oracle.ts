import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { Pool } from 'pg';
import { START, type Checkpoint, type EventStore } from '../../src/commands/ports.ts';
import { factOf } from '../../src/infra/projections/fact.ts';
import { rowTypes } from '../../src/infra/projections/row-types.ts';
import { qualified, selectedColumns } from '../../src/infra/projections/tables.ts';
import { projections as all } from '../../src/projections/all.ts';
import { foldInto } from '../../src/projections/fold.ts';
import type { Projection, Row } from '../../src/projections/projection.ts';

const PAGE = 5_000;

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

/** Folds once more what was written since it was asked last, and compares. */
export type Oracle = { readonly expectEqual: () => Promise<void> };

export const oracle = (store: EventStore, pool: Pool, projections: readonly Projection[] = all): Oracle => {
  const tables = projections.map((projection) => ({ projection, rows: new Map<string, Row>() }));
  let checkpoint: Checkpoint = START;
  const readOn = async (): Promise<void> => {
    for (let page = await store.readLog(checkpoint, PAGE); page.events.length > 0; page = await store.readLog(checkpoint, PAGE)) {
      for (const fact of page.events.map(factOf)) for (const { projection, rows } of tables) foldInto(rows, projection, fact);
      ({ checkpoint } = page);
    }
  };
  return {
    expectEqual: async () => {
      await readOn();
      for (const { projection, rows } of tables) {
        const actual = await rowsInDatabase(pool, projection);
        // Telling many rows apart takes long: only those that differ are told.
        const keys = new Set([...rows.keys(), ...actual.keys()]);
        const unlike = [...keys].filter((key) => !isDeepStrictEqual(actual.get(key), rows.get(key))).slice(0, 10);
        expect(
          unlike.map((key) => actual.get(key)),
          projection.name,
        ).to.deep.equal(unlike.map((key) => rows.get(key)));
      }
    },
  };
};

/** Every read model has, row for row, what a fold of the whole log in memory has. */
export const expectReadModelsEqualFold = (store: EventStore, pool: Pool, projections: readonly Projection[] = all): Promise<void> =>
  oracle(store, pool, projections).expectEqual();
