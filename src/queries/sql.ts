import { sql, type FragmentSqlToken } from 'slonik';
import type { Scope } from './query.ts';

type RowSchema<Row> = {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'brigade';
    readonly validate: (value: unknown) => { readonly value: Row };
    readonly types: { readonly input: unknown; readonly output: Row };
  };
};

/** A statement whose rows are of a type. The rows are a projection's, typed where they were folded: they are not checked once more. */
export const select = <Row>(template: TemplateStringsArray, ...values: readonly Parameters<ReturnType<typeof sql.type>>[1][]) =>
  sql.type(rowsOf<Row>())(template, ...values);

const rowsOf = <Row>(): RowSchema<Row> => ({
  '~standard': {
    version: 1,
    vendor: 'brigade',
    validate: (value) => ({ value: value as Row }),
    types: undefined as unknown as RowSchema<Row>['~standard']['types'],
  },
});

/** Rows of locations the asker may see, and of the one he asks for. */
export const visible = (scope: Scope, locationId: string | undefined): FragmentSqlToken => {
  const own = scope === null ? sql.fragment`true` : sql.fragment`location_id = any(${sql.array(scope, 'text')})`;
  return locationId === undefined ? own : sql.fragment`${own} and location_id = ${locationId}`;
};

/** The same in memory. */
export const isVisible = (scope: Scope, asked: string | undefined, { locationId }: { readonly locationId: string }): boolean =>
  (scope === null || scope.includes(locationId)) && (asked === undefined || asked === locationId);

export const ifGiven = <T>(value: T | undefined, condition: (value: T) => FragmentSqlToken): FragmentSqlToken =>
  value === undefined ? sql.fragment`true` : condition(value);
