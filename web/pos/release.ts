import type { Desk } from './desk.ts';
import type { OrderView } from './order-view.ts';
import type { TableView } from './tables-view.ts';

/** Frees the order's table once what ends the order is accepted, unless another order is still open there. */
export const releaseWith = (desk: Desk, view: OrderView, table: TableView | null, needs: string): void => {
  const others = table?.openOrders.filter((orderId) => orderId !== view.orderId) ?? [];
  if (view.tableId === null || view.tableName === null || others.length > 0) return;
  desk.outbox.add({ type: 'release-table', tableId: view.tableId, tableName: view.tableName }, needs);
};
