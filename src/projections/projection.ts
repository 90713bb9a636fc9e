import type { DataOf, Json } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/events.ts';

/** How a column is kept in PostgreSQL: text, bigint, boolean, json, timestamptz; `?` allows null. Times are ISO 8601 in rows. */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'json' | 'time';
export type Column = ColumnType | `${ColumnType}?`;

export type Row = { readonly [column: string]: Json };

/** Who caused an event, from where, in answer to what, and its data in the form they were stored in: as the log keeps it. */
export type Provenance = {
  readonly data: Json;
  readonly eventId: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly metadata: {
    readonly commandId: string;
    readonly commandType: string;
    readonly correlationId: string;
    readonly causationId: string | null;
    readonly actor: { readonly userId: string; readonly roles: readonly string[]; readonly terminalId: string | null };
    readonly locationId: string | null;
    readonly occurredAt: string | null;
    readonly traceParent: string | null;
    readonly schemaVersion: number;
  };
};

/** An event as folds see it: `at` is when it happened (ISO 8601, milliseconds, UTC), which may be before it was recorded. */
export type Fact<Type extends DomainEvent['type'] = DomainEvent['type']> = {
  readonly type: Type;
  readonly data: DataOf<DomainEvent, Type>;
  readonly at: string;
  readonly position: number;
  readonly revision: number;
  readonly stream: string;
  readonly locationId: string | null;
  readonly actorId: string;
  readonly provenance: Provenance;
};

/** `none` takes the row away. */
export const none = null;

/** One row's change: its key, known from the event alone, and the row there will be, from the row there was or none. */
// `to` is a method, whose parameter is checked both ways: so projections of different rows stand in one list.
export type Change<R> = { readonly key: string; to(row: R | null): R | null };
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
 * `live` rows are streamed to screens as they change. `shared` rows are changed by events of more than one stream.
 */
export type Projection<R extends Row = Row> = {
  readonly name: string;
  readonly version: number;
  readonly key: keyof R & string;
  readonly columns: { readonly [Name in keyof R & string]: Column };
  readonly indexes: readonly (readonly (keyof R & string)[])[];
  readonly live: boolean;
  readonly shared: boolean;
  /** What each event changes; or, where a row is made of every event alike, of those known and unknown, one fold for all. */
  readonly on: Fold<R> | ((fact: Fact) => readonly Change<R>[]);
};

export const projection = <R extends Row>(definition: Projection<R>): Projection<R> => definition;

/** What an event changes in a projection's rows. */
export const changesOf = <R extends Row>({ on }: Projection<R>, fact: Fact): readonly Change<R>[] => {
  if (typeof on === 'function') return on(fact);
  const fold = on[fact.type] as ((fact: Fact) => readonly Change<R>[]) | undefined;
  return fold === undefined ? [] : fold(fact);
};

/** Whether a projection can fold an event of this type at all. */
export const foldsType = ({ on }: Projection, type: string): boolean => typeof on === 'function' || type in on;
