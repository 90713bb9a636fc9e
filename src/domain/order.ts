import { impossible, type Decider } from './decider.ts';
import { dueLines } from './order-bill.ts';
import { bump, ready, recall, send, start } from './order-kitchen.ts';
import { addLines, changeLine, removeLine, voided, voidLine } from './order-lines.ts';
import type { OrderCommand, OrderEvent } from './order-messages.ts';
import { close, takeTender } from './order-payment.ts';
import { evolve, requireOpened, type Order, type OrderRule } from './order-state.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

export type * from './order-messages.ts';
export type { Order } from './order-state.ts';

const decide = (order: Order, command: OrderCommand): readonly OrderEvent[] => {
  switch (command.type) {
    case 'OpenOrder':
      return open(order, command.data);
    case 'AddOrderLines':
      return addLines(order, command.data);
    case 'ChangeOrderLine':
      return changeLine(order, command.data);
    case 'RemoveOrderLine':
      return removeLine(order, command.data);
    case 'SendOrder':
      return send(order, command.data);
    case 'StartTicket':
      return start(order, command.data);
    case 'ReadyTicket':
      return ready(order, command.data);
    case 'BumpTicket':
      return bump(order, command.data);
    case 'RecallTicket':
      return recall(order, command.data);
    case 'VoidOrderLine':
      return voidLine(order, command.data);
    case 'TenderOrder':
      return takeTender(order, command.data);
    case 'CloseOrder':
      return close(order, command.data);
    case 'CancelOrder':
      return cancel(order, command.data);
    default:
      return impossible(command);
  }
};

export const orderDecider: Decider<Order, OrderCommand, OrderEvent> = { initial: { status: 'unknown' }, evolve, decide };

const open: OrderRule<'OpenOrder'> = (order, data) => {
  if (order.status === 'unknown') return [{ type: 'OrderOpened', data }];
  if (same({ ...order.header, orderId: data.orderId, currency: order.currency }, data)) return [];
  throw new Rejection('order-exists', 'Another order was opened under this id: give the new one an id of its own.');
};

/** What the kitchen has is voided first, so that it hears. */
const cancel: OrderRule<'CancelOrder'> = (order, { orderId, reason, cancelledBy }) => {
  const opened = requireOpened(order);
  if (opened.status === 'cancelled') return [];
  if (opened.status === 'closed') throw new Rejection('order-closed', 'The order is paid and closed: it can no longer be cancelled.');
  if (opened.tenders.size > 0) throw new Rejection('order-tendered', 'A payment was taken: take the rest and close the order instead.');
  const left = dueLines(opened);
  return [
    ...left.filter((entry) => entry.status === 'fired').map((entry) => voided(opened, entry, { orderId, reason, approvedBy: cancelledBy })),
    {
      type: 'OrderCancelled',
      data: {
        orderId,
        tableId: opened.header.table?.tableId ?? null,
        lineIds: left.map(({ line }) => line.lineId),
        reason,
        cancelledBy,
      },
    },
  ];
};
