import { impossible, type DataOf } from './decider.ts';
import type { LineId, LocationId, StationId, TenderId, TicketId } from './ids.ts';
import type { OrderCommand, OrderEvent, OrderHeader, OrderLine, Tender } from './order-messages.ts';
import { Rejection } from './rejection.ts';

export type WaitingLine = { readonly status: 'waiting'; readonly line: OrderLine };
export type FiredLine = { readonly status: 'fired'; readonly line: OrderLine; readonly ticketId: TicketId };
/** Voided and removed lines stay known, so that a retry does not bring them back. */
export type LineState = WaitingLine | FiredLine | { readonly status: 'voided' | 'removed'; readonly line: OrderLine };

export type TicketState = {
  readonly status: 'fired' | 'started' | 'ready' | 'bumped';
  readonly ticketId: TicketId;
  readonly stationId: StationId;
  readonly lineIds: readonly LineId[];
};

export type OpenedOrder = {
  readonly status: 'open' | 'closed' | 'cancelled';
  readonly locationId: LocationId;
  readonly header: OrderHeader;
  readonly currency: string;
  readonly lines: ReadonlyMap<LineId, LineState>;
  readonly tickets: ReadonlyMap<TicketId, TicketState>;
  readonly tenders: ReadonlyMap<TenderId, Tender>;
};

export type Order = { readonly status: 'unknown' } | OpenedOrder;

export type OrderRule<Type extends OrderCommand['type']> = (order: Order, data: DataOf<OrderCommand, Type>) => readonly OrderEvent[];

export const evolve = (order: Order, event: OrderEvent): Order => {
  if (event.type === 'OrderOpened') return opened(event.data);
  return order.status === 'unknown' ? order : evolveOpened(order, event);
};

const evolveOpened = (order: OpenedOrder, event: Exclude<OrderEvent, { type: 'OrderOpened' }>): OpenedOrder => {
  switch (event.type) {
    case 'OrderLinesAdded':
      return withLines(
        order,
        event.data.lines.map((line) => ({ status: 'waiting', line })),
      );
    case 'OrderLineChanged':
      return changed(order, event.data);
    case 'OrderLineRemoved':
      return ended(order, event.data.lineId, 'removed');
    case 'OrderLinesFired':
      return fired(order, event.data);
    case 'OrderTicketStarted':
      return withTicket(order, event.data.ticketId, 'started');
    case 'OrderTicketReady':
      return withTicket(order, event.data.ticketId, 'ready');
    case 'OrderTicketBumped':
      return withTicket(order, event.data.ticketId, 'bumped');
    case 'OrderTicketRecalled':
      return withTicket(order, event.data.ticketId, 'started');
    case 'OrderLineVoided':
      return ended(order, event.data.line.lineId, 'voided');
    case 'OrderTendered':
      return { ...order, tenders: new Map(order.tenders).set(event.data.tender.tenderId, event.data.tender) };
    case 'OrderClosed':
      return { ...order, status: 'closed' };
    case 'OrderCancelled':
      return { ...order, status: 'cancelled' };
    default:
      return impossible(event);
  }
};

const opened = (data: DataOf<OrderEvent, 'OrderOpened'>): OpenedOrder => ({
  status: 'open',
  locationId: data.locationId,
  header: headerOf(data),
  currency: data.currency,
  lines: new Map(),
  tickets: new Map(),
  tenders: new Map(),
});

const headerOf = ({ locationId, orderType, table, covers, server, serverId, reference }: OrderHeader): OrderHeader => ({
  locationId,
  orderType,
  table,
  covers,
  server,
  ...(serverId === undefined ? {} : { serverId }),
  reference,
});

const changed = (order: OpenedOrder, { lineId, quantity, seat, course, note }: DataOf<OrderEvent, 'OrderLineChanged'>): OpenedOrder => {
  const entry = order.lines.get(lineId);
  return entry ? withLines(order, [{ ...entry, line: { ...entry.line, quantity, seat, course, note } }]) : order;
};

const ended = (order: OpenedOrder, lineId: LineId, status: 'voided' | 'removed'): OpenedOrder => {
  const entry = order.lines.get(lineId);
  return entry ? withLines(order, [{ status, line: entry.line }]) : order;
};

const fired = (order: OpenedOrder, { tickets }: DataOf<OrderEvent, 'OrderLinesFired'>): OpenedOrder => {
  const lines = tickets.flatMap(({ ticketId, lines }) => lines.flatMap(({ lineId }) => firedLine(order, lineId, ticketId)));
  const states = tickets.map(({ ticketId, stationId, lines }): [TicketId, TicketState] => [
    ticketId,
    { status: 'fired', ticketId, stationId, lineIds: lines.map((line) => line.lineId) },
  ]);
  return { ...withLines(order, lines), tickets: new Map([...order.tickets, ...states]) };
};

const firedLine = (order: OpenedOrder, lineId: LineId, ticketId: TicketId): readonly FiredLine[] => {
  const entry = order.lines.get(lineId);
  return entry ? [{ status: 'fired', line: entry.line, ticketId }] : [];
};

const withLines = (order: OpenedOrder, entries: readonly LineState[]): OpenedOrder => {
  const lines = new Map(order.lines);
  for (const entry of entries) lines.set(entry.line.lineId, entry);
  return { ...order, lines };
};

const withTicket = (order: OpenedOrder, ticketId: TicketId, status: TicketState['status']): OpenedOrder => {
  const ticket = order.tickets.get(ticketId);
  return ticket ? { ...order, tickets: new Map(order.tickets).set(ticketId, { ...ticket, status }) } : order;
};

export const requireOpened = (order: Order): OpenedOrder => {
  if (order.status === 'unknown') throw new Rejection('order-unknown', 'There is no such order: open it first.');
  return order;
};

export const requireOpen = (order: Order): OpenedOrder => {
  const opened = requireOpened(order);
  if (opened.status !== 'open') throw new Rejection('order-not-open', `The order is ${opened.status}: open a new one.`);
  return opened;
};

export const waitingLines = (order: OpenedOrder): readonly OrderLine[] =>
  [...order.lines.values()].filter((entry) => entry.status === 'waiting').map(({ line }) => line);
