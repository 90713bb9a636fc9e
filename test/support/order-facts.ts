import type { LineId, TicketId } from '../../src/domain/ids.ts';
import type { OrderCommand, OrderEvent, OrderLine, TicketLine } from '../../src/domain/order.ts';
import { canonicalEvents, coldTicketId, grillTicketId, locationId, managerId, orderId, tableId } from './canonical-events.ts';

export { coldTicketId, grillTicketId, managerId, orderId };

const [canonicalHamburger, canonicalEdamame] = canonicalEvents.OrderLinesAdded.data.lines as readonly [OrderLine, OrderLine];

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Two hamburgers for the grill, 25.90. */
export const hamburgers: OrderLine = { ...canonicalHamburger, quantity: 2 };
/** One edamame for the cold station, 5.00. */
export const edamame: OrderLine = canonicalEdamame;
/** A third hamburger, 12.95, on a line of its own. */
export const oneMore: OrderLine = { ...canonicalHamburger, lineId: '01939f3a-2000-7000-8000-000000000024', quantity: 1, prepSeconds: 660 };
export const unknownLineId: LineId = '01939f3a-2000-7000-8000-0000000000ff';
export const unknownTicketId: TicketId = `${orderId}.9`;

export const opened = canonicalEvents.OrderOpened;
export const { header } = canonicalEvents.OrderLinesFired.data;

export const openOrder: OrderCommand = { type: 'OpenOrder', data: opened.data };
export const addLines = (...lines: readonly OrderLine[]): OrderCommand => ({ type: 'AddOrderLines', data: { orderId, lines } });
export const removeLine = ({ lineId }: { lineId: LineId }): OrderCommand => ({ type: 'RemoveOrderLine', data: { orderId, lineId } });
export const voidLine = ({ lineId }: { lineId: LineId }): OrderCommand => ({
  type: 'VoidOrderLine',
  data: { orderId, lineId, reason: 'burnt', approvedBy: managerId },
});
export const sendOrder: OrderCommand = { type: 'SendOrder', data: { orderId } };
export const startTicket = (ticketId: TicketId): OrderCommand => ({ type: 'StartTicket', data: { orderId, ticketId } });
export const readyTicket = (ticketId: TicketId): OrderCommand => ({ type: 'ReadyTicket', data: { orderId, ticketId } });
export const bumpTicket = (ticketId: TicketId): OrderCommand => ({ type: 'BumpTicket', data: { orderId, ticketId } });
export const recallTicket = (ticketId: TicketId): OrderCommand => ({ type: 'RecallTicket', data: { orderId, ticketId } });
export const closeOrder: OrderCommand = { type: 'CloseOrder', data: { orderId } };
export const cancelOrder: OrderCommand = { type: 'CancelOrder', data: { orderId, reason: 'guests left', cancelledBy: managerId } };

export const added = (...lines: readonly OrderLine[]): OrderEvent => ({ type: 'OrderLinesAdded', data: { orderId, lines } });
export const removed = ({ lineId }: { lineId: LineId }): OrderEvent => ({ type: 'OrderLineRemoved', data: { orderId, lineId } });
export const bothAdded = added(hamburgers, edamame);

export const onTicket = ({ lineId, menuItemId, name, quantity, seat, course, note }: OrderLine): TicketLine => ({
  lineId,
  menuItemId,
  name,
  quantity,
  seat,
  course,
  note,
});

/** Both lines: the hamburgers on the grill's ticket, the edamame on the cold station's. */
export const bothFired: OrderEvent = {
  type: 'OrderLinesFired',
  data: {
    orderId,
    header,
    tickets: [
      { ticketId: grillTicketId, stationId: 'grill', prepSeconds: 600, lines: [onTicket(hamburgers)] },
      { ticketId: coldTicketId, stationId: 'cold', prepSeconds: 180, lines: [onTicket(edamame)] },
    ],
  },
};

/** The grill's ticket alone. */
export const grillFired: OrderEvent = {
  type: 'OrderLinesFired',
  data: { orderId, header, tickets: [{ ticketId: grillTicketId, stationId: 'grill', prepSeconds: 600, lines: [onTicket(hamburgers)] }] },
};

export const grillStarted: OrderEvent = canonicalEvents.OrderTicketStarted;
export const grillReady: OrderEvent = {
  type: 'OrderTicketReady',
  data: { orderId, ticketId: grillTicketId, lineIds: [hamburgers.lineId] },
};

const atGrill = { orderId, locationId, stationId: 'grill', ticketId: grillTicketId };
export const grillBumped: OrderEvent = { type: 'OrderTicketBumped', data: { ...atGrill, lines: [onTicket(hamburgers)] } };
export const grillBumpedEmpty: OrderEvent = { type: 'OrderTicketBumped', data: { ...atGrill, lines: [] } };
export const grillRecalled: OrderEvent = { type: 'OrderTicketRecalled', data: { ...atGrill, lines: [onTicket(hamburgers)] } };

const voiding = { orderId, locationId, was: 'fired', reason: 'burnt', approvedBy: managerId } as const;
export const hamburgersVoided: OrderEvent = {
  type: 'OrderLineVoided',
  data: { ...voiding, ...atGrill, line: onTicket(hamburgers), value: usd(2590) },
};
export const edamameVoided: OrderEvent = {
  type: 'OrderLineVoided',
  data: { ...voiding, ticketId: coldTicketId, stationId: 'cold', line: onTicket(edamame), value: usd(500) },
};

export const tender = { ...canonicalEvents.OrderTendered.data.tender, amount: usd(3090) };
export const tendered = (amount: number, balance: number): OrderEvent => ({
  type: 'OrderTendered',
  data: { orderId, tender: { ...tender, amount: usd(amount) }, balance: usd(balance) },
});
/** The whole of both lines. */
export const paid = tendered(3090, 0);
export const closed: OrderEvent = {
  type: 'OrderClosed',
  data: { orderId, tableId, lineIds: [hamburgers.lineId, edamame.lineId], total: usd(3090), tips: usd(450) },
};
export const cancelled = (...lines: readonly OrderLine[]): OrderEvent => ({
  type: 'OrderCancelled',
  data: { orderId, tableId, lineIds: lines.map((line) => line.lineId), reason: 'guests left', cancelledBy: managerId },
});
