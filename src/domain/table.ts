import type { Message } from './decider.ts';
import type { LocationId, TableId } from './ids.ts';

type Definition = { readonly tableId: TableId; readonly locationId: LocationId; readonly name: string; readonly section: string | null; readonly seats: number };

export type TableCommand =
  | Message<'DefineTable', Definition>
  | Message<'SeatTable', { readonly tableId: TableId; readonly covers: number }>
  | Message<'ReleaseTable', { readonly tableId: TableId }>;

export type TableEvent =
  | Message<'TableDefined', Definition>
  | Message<'TableSeated', { readonly tableId: TableId; readonly covers: number }>
  | Message<'TableReleased', { readonly tableId: TableId }>;
