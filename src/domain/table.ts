import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { LocationId, TableId } from './ids.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

type OfTable = { readonly tableId: TableId };
type Definition = OfTable & {
  readonly locationId: LocationId;
  readonly name: string;
  readonly section: string | null;
  readonly seats: number;
};

export type TableCommand =
  | Message<'DefineTable', Definition>
  | Message<'SeatTable', OfTable & { readonly covers: number }>
  | Message<'ReleaseTable', OfTable>;

export type TableEvent =
  | Message<'TableDefined', Definition>
  | Message<'TableSeated', OfTable & { readonly covers: number }>
  | Message<'TableReleased', OfTable>;

type Placed = { readonly locationId: LocationId; readonly definition: Definition };
type DefinedTable = Placed & ({ readonly status: 'available' } | { readonly status: 'seated'; readonly covers: number });

export type Table = { readonly status: 'unknown' } | DefinedTable;

const evolve = (table: Table, event: TableEvent): Table => {
  if (event.type === 'TableDefined') return { status: 'available', locationId: event.data.locationId, definition: event.data };
  if (table.status === 'unknown') return table;
  const { locationId, definition } = table;
  switch (event.type) {
    case 'TableSeated':
      return { status: 'seated', locationId, definition, covers: event.data.covers };
    case 'TableReleased':
      return { status: 'available', locationId, definition };
    default:
      return impossible(event);
  }
};

const decide = (table: Table, command: TableCommand): readonly TableEvent[] => {
  switch (command.type) {
    case 'DefineTable':
      return define(table, command.data);
    case 'SeatTable':
      return seat(table, command.data);
    case 'ReleaseTable':
      return release(table, command.data);
    default:
      return impossible(command);
  }
};

export const tableDecider: Decider<Table, TableCommand, TableEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends TableCommand['type']> = (table: Table, data: DataOf<TableCommand, Type>) => readonly TableEvent[];

const define: Rule<'DefineTable'> = (table, data) => {
  if (table.status !== 'unknown' && same(table.definition, data)) return [];
  if (table.status !== 'unknown')
    throw new Rejection('table-exists', 'Another table was defined under this id: give the new one an id of its own.');
  if (!isPeople(data.seats)) throw new Rejection('seats-invalid', 'Give a whole number of seats, 1 or more.');
  return [{ type: 'TableDefined', data }];
};

/** More covers than seats are let in: somebody brings a chair. */
const seat: Rule<'SeatTable'> = (table, data) => {
  const defined = requireDefined(table);
  if (!isPeople(data.covers)) throw new Rejection('covers-invalid', 'Give a whole number of guests, 1 or more.');
  if (defined.status === 'available') return [{ type: 'TableSeated', data }];
  if (defined.covers === data.covers) return [];
  throw new Rejection('table-taken', `${defined.covers} guests are seated there: release the table first.`);
};

const release: Rule<'ReleaseTable'> = (table, data) =>
  requireDefined(table).status === 'available' ? [] : [{ type: 'TableReleased', data }];

const requireDefined = (table: Table): DefinedTable => {
  if (table.status === 'unknown') throw new Rejection('table-unknown', 'There is no such table: define it first.');
  return table;
};

const isPeople = (number: number): boolean => Number.isSafeInteger(number) && number >= 1;
