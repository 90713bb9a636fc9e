import { escapeIdentifier } from 'pg';
import type { Column, ColumnType, Projection, Row } from '../../projections/projection.ts';
import { copiedRows } from './copied-rows.ts';
import type { Statement } from './statements.ts';

const SQL_TYPES: { readonly [Type in ColumnType]: string } = {
  text: 'text',
  integer: 'bigint',
  boolean: 'boolean',
  json: 'json',
  time: 'timestamptz',
};

export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Tables and views of read models all lie in one schema. */
export const qualified = (name: string): string => `read_models.${escapeIdentifier(name)}`;

const isJson = (column: Column): boolean => column === 'json' || column === 'json?';
const isNullable = (column: Column): boolean => column.endsWith('?');
const sqlType = (column: Column): string => SQL_TYPES[(isNullable(column) ? column.slice(0, -1) : column) as ColumnType];

const columnsOf = ({ columns }: Projection): readonly (readonly [string, Column])[] => Object.entries(columns);
const jsonColumns = (projection: Projection): readonly string[] =>
  columnsOf(projection)
    .filter(([, column]) => isJson(column))
    .map(([name]) => name);
const sqlName = (name: string): string => escapeIdentifier(snakeCase(name));
const list = (names: readonly string[], to: (name: string) => string): string => names.map(to).join(', ');

export const tableName = ({ name, version }: Projection): string => `${name}_v${version}`;

/** Of a column as the projection names it; throws where it has no such column. */
export const quotedColumn = ({ name, columns }: Projection, column: string): string => {
  if (!Object.hasOwn(columns, column)) throw new Error(`${name} has no column ${column}`);
  return sqlName(column);
};

/** All columns, named as in the projection's rows. */
export const selectedColumns = (projection: Projection): string =>
  list(Object.keys(projection.columns), (name) => `${sqlName(name)} as ${escapeIdentifier(name)}`);

/** While a read model is rebuilt without a new version, its two tables need two names. */
export const secondTableName = (projection: Projection): string => `${tableName(projection)}_rebuilt`;

/** Without the indexes that are for people: they cost less to make once it is filled. */
export const createTable = (projection: Projection, table: string): string => {
  const columns = columnsOf(projection).map(
    ([name, column]) => `${sqlName(name)} ${sqlType(column)}${isNullable(column) ? '' : ' not null'}`,
  );
  // Rows that change with each event are not worth being compressed each time.
  const uncompressed = jsonColumns(projection).map(
    (name) => `alter table ${qualified(table)} alter ${sqlName(name)} set storage external;`,
  );
  return `
    drop table if exists ${qualified(table)};
    create table ${qualified(table)} (${columns.join(', ')}, primary key (${sqlName(projection.key)})) with (fillfactor = 85, toast_tuple_target = 8160);
    ${uncompressed.join('\n')}
    grant select, insert, update, delete on ${qualified(table)} to brigade_app;
    grant select on ${qualified(table)} to brigade_reader;`;
};

export const createIndexes = (projection: Projection, table: string): string =>
  projection.indexes.map((names) => `create index on ${qualified(table)} (${list(names, sqlName)});`).join('\n');

/** The name people know a read model by, now for this table. */
export const showTable = (projection: Projection, table: string): string => `
    drop view if exists ${qualified(projection.name)};
    create view ${qualified(projection.name)} as select * from ${qualified(table)};
    grant select on ${qualified(projection.name)} to brigade_app, brigade_reader;`;

export type TableStatements = {
  readonly fetch: Statement;
  readonly upsert: Statement;
  readonly upsertValues: (rows: readonly Row[]) => readonly string[];
  /** For rows that are known not to be there. */
  readonly copy: string;
  readonly copied: (rows: readonly Row[]) => Buffer;
  readonly remove: Statement;
};

/** JSON escapes them, so that many JSON texts go in as one, not parsed as one: reading the lines of orders twice would cost more than writing them. */
const SEPARATOR = '\u001e';
const NONE = '\u001f';

/** A parameter with one JSON text for each row. */
export const jsonList = (values: readonly unknown[]): string =>
  values.map((value) => (value === null ? NONE : JSON.stringify(value))).join(SEPARATOR);
export const fromJsonList = (parameter: number): string => `unnest(string_to_array($${parameter}, chr(30), chr(31)))`;

/** Rows go in as one JSON array but for their JSON columns, each of which is a list of its own; keys as one array of text. Rows come out with their columns named as in the projection. */
export const statementsFor = (projection: Projection, table: string): TableStatements => {
  const entries = columnsOf(projection);
  const names = entries.map(([name]) => name);
  const key = sqlName(projection.key);
  const plain = entries.filter(([, column]) => !isJson(column));
  const json = jsonColumns(projection);
  const record = plain.map(([name, column]) => `${escapeIdentifier(name)} ${sqlType(column)}`).join(', ');
  const sourcesFrom = (first: number): string =>
    [`json_to_recordset($${first}::json) as (${record})`, ...json.map((_name, index) => fromJsonList(first + 1 + index))].join(', ');
  const replaced = list(
    names.filter((name) => name !== projection.key),
    (name) => `${sqlName(name)} = excluded.${sqlName(name)}`,
  );
  return {
    fetch: {
      name: `fetch ${table}`,
      text: (first) => `select ${selectedColumns(projection)} from ${qualified(table)} where ${key} = any($${first})`,
    },
    upsert: {
      name: `upsert ${table}`,
      text: (first) => `insert into ${qualified(table)} (${list(names, sqlName)})
        select ${entries.map(([name, column]) => escapeIdentifier(name) + (isJson(column) ? '::json' : '')).join(', ')}
        from rows from (${sourcesFrom(first)}) as r(${list([...plain.map(([name]) => name), ...json], escapeIdentifier)})
        on conflict (${key}) do update set ${replaced}`,
    },
    upsertValues: (rows) => [
      JSON.stringify(json.length === 0 ? rows : rows.map((row) => Object.fromEntries(plain.map(([name]) => [name, row[name]])))),
      ...json.map((name) => jsonList(rows.map((row) => row[name] ?? null))),
    ],
    copy: `copy ${qualified(table)} (${list(names, sqlName)}) from stdin`,
    copied: (rows) => copiedRows(projection.columns, rows),
    remove: { name: `remove ${table}`, text: (first) => `delete from ${qualified(table)} where ${key} = any($${first})` },
  };
};
