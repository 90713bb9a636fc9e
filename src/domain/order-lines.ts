import type { LineId, OrderId, UserId } from './ids.ts';
import { lineTotal, requireDueWith, unlessOverpaid } from './order-bill.ts';
import { ticketLine } from './order-kitchen.ts';
import type { FiredLineStatus, LineWishes, OrderEvent, OrderLine } from './order-messages.ts';
import { requireOpen, requireOpened, type FiredLine, type OpenedOrder, type OrderRule } from './order-state.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

const MOST_PORTIONS = 999;

/** Lines it has already are a retry's and are left as they are. */
export const addLines: OrderRule<'AddOrderLines'> = (order, { orderId, lines }) => {
  const opened = requireOpened(order);
  const fresh = lines.filter((line) => isFresh(opened, line));
  if (fresh.length === 0) return [];
  const open = requireOpen(order);
  requireDistinct(fresh);
  for (const line of fresh) requireQuantity(line.quantity);
  requireDueWith(open, fresh);
  return [{ type: 'OrderLinesAdded', data: { orderId, lines: fresh } }];
};

export const changeLine: OrderRule<'ChangeOrderLine'> = (order, { orderId, lineId, ...wishes }) => {
  const open = requireOpen(order);
  const line = requireWaiting(open, lineId);
  const wished: LineWishes = { ...wishesOf(line), ...wishes };
  requireQuantity(wished.quantity);
  if (same(wished, wishesOf(line))) return [];
  return unlessOverpaid(open, { type: 'OrderLineChanged', data: { orderId, lineId, ...wished } });
};

export const removeLine: OrderRule<'RemoveOrderLine'> = (order, { orderId, lineId }) => {
  if (requireOpened(order).lines.get(lineId)?.status === 'removed') return [];
  const open = requireOpen(order);
  requireWaiting(open, lineId);
  return unlessOverpaid(open, { type: 'OrderLineRemoved', data: { orderId, lineId } });
};

export const voidLine: OrderRule<'VoidOrderLine'> = (order, { orderId, lineId, reason, approvedBy }) => {
  if (requireOpened(order).lines.get(lineId)?.status === 'voided') return [];
  const open = requireOpen(order);
  return unlessOverpaid(open, voided(open, requireFired(open, lineId), { orderId, reason, approvedBy }));
};

type Why = { readonly orderId: OrderId; readonly reason: string; readonly approvedBy: UserId };

export const voided = (order: OpenedOrder, { line, ticketId }: FiredLine, why: Why): OrderEvent => ({
  type: 'OrderLineVoided',
  data: {
    ...why,
    locationId: order.locationId,
    ticketId,
    stationId: line.stationId,
    line: ticketLine(line),
    was: kitchenStatus(order, ticketId),
    value: lineTotal(line),
  },
});

const kitchenStatus = (order: OpenedOrder, ticketId: FiredLine['ticketId']): FiredLineStatus => {
  const status = order.tickets.get(ticketId)?.status ?? 'fired';
  return status === 'bumped' ? 'served' : status;
};

const isFresh = (order: OpenedOrder, line: OrderLine): boolean => {
  const known = order.lines.get(line.lineId)?.line;
  if (known && known.menuItemId !== line.menuItemId)
    throw new Rejection('line-exists', `The line's id is taken by ${known.name}: give the new line an id of its own.`);
  return known === undefined;
};

const requireDistinct = (lines: readonly OrderLine[]): void => {
  if (new Set(lines.map((line) => line.lineId)).size < lines.length)
    throw new Rejection('line-exists', 'Two of the lines have one id: give each an id of its own.');
};

const requireQuantity = (quantity: number): void => {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > MOST_PORTIONS)
    throw new Rejection('line-quantity-invalid', `Give a whole number of portions from 1 to ${MOST_PORTIONS}.`);
};

const requireWaiting = (order: OpenedOrder, lineId: LineId): OrderLine => {
  const entry = requireLine(order, lineId);
  if (entry.status !== 'waiting')
    throw new Rejection('line-fired', `${entry.line.name} was sent to the kitchen: void it and add another line.`);
  return entry.line;
};

const requireFired = (order: OpenedOrder, lineId: LineId): FiredLine => {
  const entry = requireLine(order, lineId);
  if (entry.status !== 'fired') throw new Rejection('line-not-fired', `${entry.line.name} was not sent to the kitchen: remove it instead.`);
  return entry;
};

const requireLine = (order: OpenedOrder, lineId: LineId) => {
  const entry = order.lines.get(lineId);
  if (!entry || entry.status === 'removed') throw new Rejection('line-unknown', 'The order has no such line: look at the order again.');
  return entry;
};

const wishesOf = ({ quantity, seat, course, note }: LineWishes): LineWishes => ({ quantity, seat, course, note });
