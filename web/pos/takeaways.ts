import type { Order } from '../../src/queries/orders.ts';
import type { Action, NewOrder } from './actions.ts';

export type Takeaway = Pick<Order, 'orderId' | 'reference' | 'total'> & { readonly pending: boolean };

/** The open orders without a table, with this terminal's actions that the list does not show yet. */
export const takeaways = (orders: readonly Order[], actions: readonly Action[]): readonly Takeaway[] => {
  const gone = new Set(actions.flatMap((action) => (action.type === 'close' || action.type === 'cancel' ? action.orderId : [])));
  const known = new Set(orders.map(({ orderId }) => orderId));
  const opened = actions
    .filter((action) => action.type === 'open-order')
    .filter(({ table, orderId }) => table === null && !known.has(orderId));
  return [...orders.filter(({ tableId }) => tableId === null).map((order) => ({ ...order, pending: false })), ...opened.map(fresh)].filter(
    ({ orderId }) => !gone.has(orderId),
  );
};

const fresh = ({ orderId, currency }: NewOrder): Takeaway => ({
  orderId,
  reference: orderId.slice(-4).toUpperCase(),
  total: { amount: 0, currency },
  pending: true,
});
