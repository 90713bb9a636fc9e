import type { TableRow } from '../../src/projections/table-map.ts';
import type { Action } from './actions.ts';

export type TableView = TableRow & { readonly pending: boolean };

/** The table map with this terminal's actions that it does not show yet, in the order people count tables. */
export const tablesView = (rows: Iterable<TableRow>, actions: readonly Action[]): readonly TableView[] =>
  [...rows].map((row) => actions.reduce(withAction, { ...row, pending: false })).toSorted(byName);

const withAction = (table: TableView, action: Action): TableView => {
  if (action.type === 'seat-table' && action.tableId === table.tableId && table.state === 'available') {
    return { ...table, state: 'seated', covers: action.covers, pending: true };
  }
  if (action.type === 'open-order' && action.table?.tableId === table.tableId && !table.openOrders.includes(action.orderId)) {
    return { ...table, state: 'ordered', orderId: action.orderId, openOrders: [...table.openOrders, action.orderId], pending: true };
  }
  if (action.type === 'release-table' && action.tableId === table.tableId) {
    return { ...table, state: 'available', covers: null, orderId: null, openOrders: [], seatedAt: null, pending: true };
  }
  return table;
};

const byName = (one: TableRow, other: TableRow): number =>
  (one.section ?? '').localeCompare(other.section ?? '') || one.name.localeCompare(other.name, undefined, { numeric: true });
