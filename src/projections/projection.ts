import type { DataOf, Json } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/events.ts';

/** How a column is kept in PostgreSQL: text, bigint, boolean, json, timestamptz; `?` allows null. Times are ISO 8601 in rows. */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'json' | 'time';
export type Column = ColumnType | `${ColumnType}?`;

export type Row = { readonly [column: string]: Json };

/** An event as folds see it: `at` is when it happened (ISO 8601, UTC), which may be before it was recorded. */
export type Fact<Type extends DomainEvent['type'] = DomainEvent['type']> = {
  readonly type: Type;
  readonly data: DataOf<DomainEvent, Type>;
  readonly at: string;
  readonly position: number;
  readonly revision: number;
  readonly stream: string;
  readonly locationId: string | null;
  readonly actorId: string;
};

/** `none` takes the row away. */
export const none = null;

/** One row's change: its key, known from the event alone, and the row there will be, from the row there was or none. */
export type Change<R> = { readonly key: string; readonly to: (row: R | null) => R | null };
export const change = <R>(key: string, to: (row: R | null) => R | null): Change<R> => ({ key, to });

/** A row that must be there: an event that changes it follows one that made it. */
export const existing = <R>(key: string, to: (row: R) => R | null): Change<R> => ({
  key,
  to: (row) => (row === null ? null : to(row)),
});

export type Fold<R> = { readonly [Type in DomainEvent['type']]?: (fact: Fact<Type>) => readonly Change<R>[] };

/**
 * A pure fold from events to the rows of one table.
 * `name` is the table's (snake case), `key` its primary key's column; a changed fold or column needs a higher `version`.
 * `live` rows are streamed to screens as they change.
 */
export type Projection<R extends Row = Row> = {
  readonly name: string;
  readonly version: number;
  readonly key: keyof R & string;
  readonly columns: { readonly [Name in keyof R & string]: Column };
  readonly indexes: readonly (readonly (keyof R & string)[])[];
  readonly live: boolean;
  readonly on: Fold<R>;
};

export const projection = <R extends Row>(definition: Projection<R>): Projection<R> => definition;
