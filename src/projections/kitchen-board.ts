import type { FiredLineStatus, OrderHeader, OrderType, Ticket, TicketLine } from '../domain/order.ts';
import { change, existing, projection } from './projection.ts';

export type KitchenLine = TicketLine & { readonly status: FiredLineStatus | 'voided'; readonly voidReason: string | null };

/** What a station has to cook for one order; bumped tickets stay, to be recalled. */
export type KitchenTicket = {
  readonly ticketId: string;
  readonly orderId: string;
  readonly locationId: string;
  readonly stationId: string;
  readonly reference: string;
  readonly orderType: OrderType;
  readonly tableName: string | null;
  readonly covers: number | null;
  readonly server: string | null;
  readonly status: 'fired' | 'started' | 'ready' | 'bumped';
  readonly lines: readonly KitchenLine[];
  readonly prepSeconds: number;
  readonly firedAt: string;
  readonly startedAt: string | null;
  readonly readyAt: string | null;
  readonly bumpedAt: string | null;
  readonly recalled: boolean;
  /** Every line was voided: the cook can throw the ticket away. */
  readonly cancelled: boolean;
};

const fired = (orderId: string, header: OrderHeader, { ticketId, stationId, prepSeconds, lines }: Ticket, at: string): KitchenTicket => ({
  ticketId,
  orderId,
  locationId: header.locationId,
  stationId,
  reference: header.reference,
  orderType: header.orderType,
  tableName: header.table?.name ?? null,
  covers: header.covers,
  server: header.server,
  status: 'fired',
  lines: lines.map((line) => ({ ...line, status: 'fired', voidReason: null })),
  prepSeconds,
  firedAt: at,
  startedAt: null,
  readyAt: null,
  bumpedAt: null,
  recalled: false,
  cancelled: false,
});

const withStatus = (lines: readonly KitchenLine[], ids: ReadonlySet<string>, status: FiredLineStatus): readonly KitchenLine[] =>
  lines.map((line) => (ids.has(line.lineId) ? { ...line, status } : line));

const idsOf = (lines: readonly { readonly lineId: string }[]): ReadonlySet<string> => new Set(lines.map(({ lineId }) => lineId));

const withVoid = (ticket: KitchenTicket, lineId: string, voidReason: string): KitchenTicket => {
  const lines = ticket.lines.map((line) => (line.lineId === lineId ? { ...line, status: 'voided' as const, voidReason } : line));
  return { ...ticket, lines, cancelled: lines.every(({ status }) => status === 'voided') };
};

export const kitchenBoard = projection<KitchenTicket>({
  name: 'kitchen_board',
  version: 1,
  key: 'ticketId',
  columns: {
    ticketId: 'text',
    orderId: 'text',
    locationId: 'text',
    stationId: 'text',
    reference: 'text',
    orderType: 'text',
    tableName: 'text?',
    covers: 'integer?',
    server: 'text?',
    status: 'text',
    lines: 'json',
    prepSeconds: 'integer',
    firedAt: 'time',
    startedAt: 'time?',
    readyAt: 'time?',
    bumpedAt: 'time?',
    recalled: 'boolean',
    cancelled: 'boolean',
  },
  indexes: [['locationId', 'stationId', 'status']],
  live: true,
  shared: false,
  on: {
    OrderLinesFired: ({ data, at }) =>
      data.tickets.map((ticket) => change(ticket.ticketId, () => fired(data.orderId, data.header, ticket, at))),
    OrderTicketStarted: ({ data, at }) => [
      existing(data.ticketId, (ticket) => ({
        ...ticket,
        status: 'started',
        lines: withStatus(ticket.lines, idsOf(data.uses), 'started'),
        startedAt: at,
      })),
    ],
    OrderTicketReady: ({ data, at }) => [
      existing(data.ticketId, (ticket) => ({
        ...ticket,
        status: 'ready',
        lines: withStatus(ticket.lines, new Set(data.lineIds), 'ready'),
        readyAt: at,
      })),
    ],
    OrderTicketBumped: ({ data, at }) => [
      existing(data.ticketId, (ticket) => ({
        ...ticket,
        status: 'bumped',
        lines: withStatus(ticket.lines, idsOf(data.lines), 'served'),
        bumpedAt: at,
      })),
    ],
    OrderTicketRecalled: ({ data }) => [
      existing(data.ticketId, (ticket) => ({
        ...ticket,
        status: 'started',
        lines: withStatus(ticket.lines, idsOf(data.lines), 'started'),
        readyAt: null,
        bumpedAt: null,
        recalled: true,
      })),
    ],
    OrderLineVoided: ({ data }) => [existing(data.ticketId, (ticket) => withVoid(ticket, data.line.lineId, data.reason))],
  },
});
