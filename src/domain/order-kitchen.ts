import type { OrderId, TicketId } from './ids.ts';
import type { LineUse, OrderEvent, OrderLine, Ticket, TicketLine } from './order-messages.ts';
import { requireOpen, requireOpened, waitingLines, type OpenedOrder, type Order, type OrderRule, type TicketState } from './order-state.ts';
import { Rejection } from './rejection.ts';

/** Fires all waiting lines, one ticket a station. */
export const send: OrderRule<'SendOrder'> = (order, { orderId }) => {
  const open = requireOpen(order);
  const waiting = waitingLines(open);
  if (waiting.length === 0) return nothingToSend(open);
  return [{ type: 'OrderLinesFired', data: { orderId, header: open.header, tickets: ticketsFor(orderId, open.tickets.size, waiting) } }];
};

const nothingToSend = (order: OpenedOrder): readonly OrderEvent[] => {
  if (order.tickets.size === 0) throw new Rejection('order-empty', 'Nothing is on the order: add lines first.');
  return [];
};

const ticketsFor = (orderId: OrderId, already: number, lines: readonly OrderLine[]): readonly Ticket[] =>
  [...Map.groupBy(lines, (line) => line.stationId)].map(([stationId, ofStation], index) => ({
    ticketId: `${orderId}.${already + index + 1}`,
    stationId,
    prepSeconds: Math.max(...ofStation.map((line) => line.prepSeconds)),
    lines: ofStation.map(ticketLine),
  }));

/** What is cooked is consumed here and nowhere else: a ticket leaves `fired` once. */
export const start: OrderRule<'StartTicket'> = (order, { orderId, ticketId }) => {
  const ticket = requireTicket(order, ticketId);
  if (ticket.status !== 'fired') return [];
  return started(orderId, ticket, requireLinesLeft(order, ticket));
};

export const ready: OrderRule<'ReadyTicket'> = (order, { orderId, ticketId }) => {
  const ticket = requireTicket(order, ticketId);
  if (ticket.status === 'ready' || ticket.status === 'bumped') return [];
  const lines = requireLinesLeft(order, ticket);
  const lineIds = lines.map((line) => line.lineId);
  return [...started(orderId, ticket, lines), { type: 'OrderTicketReady', data: { orderId, ticketId, lineIds } }];
};

/** A ticket voided as a whole is bumped off the board without having been started. */
export const bump: OrderRule<'BumpTicket'> = (order, { orderId, ticketId }) => {
  const ticket = requireTicket(order, ticketId);
  if (ticket.status === 'bumped') return [];
  const lines = linesLeft(order, ticket);
  return [...started(orderId, ticket, lines), { type: 'OrderTicketBumped', data: atStation(order, orderId, ticket, lines) }];
};

export const recall: OrderRule<'RecallTicket'> = (order, { orderId, ticketId }) => {
  const ticket = requireTicket(order, ticketId);
  if (ticket.status !== 'bumped') throw new Rejection('ticket-not-bumped', 'The ticket is still on the board: there is nothing to recall.');
  return [{ type: 'OrderTicketRecalled', data: atStation(order, orderId, ticket, requireLinesLeft(order, ticket)) }];
};

const started = (orderId: OrderId, { status, ticketId }: TicketState, lines: readonly OrderLine[]): readonly OrderEvent[] =>
  status === 'fired' && lines.length > 0 ? [{ type: 'OrderTicketStarted', data: { orderId, ticketId, uses: lines.map(useOf) } }] : [];

const useOf = ({ lineId, recipeVersion, recipe, quantity: portions }: OrderLine): LineUse => ({
  lineId,
  recipeVersion,
  ingredients: recipe.map(({ stockItemId, quantity }) => ({ stockItemId, quantity: quantity * portions })),
});

const atStation = (order: Order, orderId: OrderId, { ticketId, stationId }: TicketState, lines: readonly OrderLine[]) => ({
  orderId,
  locationId: requireOpened(order).locationId,
  stationId,
  ticketId,
  lines: lines.map(ticketLine),
});

const requireTicket = (order: Order, ticketId: TicketId): TicketState => {
  const ticket = requireOpened(order).tickets.get(ticketId);
  if (!ticket) throw new Rejection('ticket-unknown', 'The order has no such ticket: look at the board again.');
  return ticket;
};

const requireLinesLeft = (order: Order, ticket: TicketState): readonly OrderLine[] => {
  const lines = linesLeft(order, ticket);
  if (lines.length === 0)
    throw new Rejection('ticket-voided', 'Every line of the ticket was voided: do not cook it, bump it off the board.');
  return lines;
};

const linesLeft = (order: Order, ticket: TicketState): readonly OrderLine[] => {
  const { lines } = requireOpened(order);
  return ticket.lineIds.flatMap((lineId) => {
    const entry = lines.get(lineId);
    return entry?.status === 'fired' ? [entry.line] : [];
  });
};

export const ticketLine = ({ lineId, menuItemId, name, quantity, seat, course, note }: OrderLine): TicketLine => ({
  lineId,
  menuItemId,
  name,
  quantity,
  seat,
  course,
  note,
});
