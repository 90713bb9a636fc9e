import type { TableCommand, TableEvent } from '../../src/domain/table.ts';
import { canonicalEvents, tableId } from './canonical-events.ts';

export const defined = canonicalEvents.TableDefined;
export const seated = (covers: number): TableEvent => ({ type: 'TableSeated', data: { tableId, covers } });
export const released = canonicalEvents.TableReleased;

export const define: TableCommand = { type: 'DefineTable', data: defined.data };
export const seat = (covers: number): TableCommand => ({ type: 'SeatTable', data: { tableId, covers } });
export const release: TableCommand = { type: 'ReleaseTable', data: { tableId } };
