import type { FiredLineStatus, OrderLine, OrderType, Tender, TenderKind } from '../domain/order.ts';
import { change, existing, projection, type Change, type Fact } from './projection.ts';

export type OrderRowLine = {
  readonly lineId: string;
  readonly menuItemId: string;
  readonly name: string;
  readonly categoryId: string;
  readonly stationId: string;
  readonly quantity: number;
  /** Minor units: of one portion, and of the line. */
  readonly price: number;
  readonly amount: number;
  readonly seat: number | null;
  readonly course: number | null;
  readonly note: string | null;
  readonly status: 'waiting' | FiredLineStatus | 'voided';
  readonly ticketId: string | null;
  readonly voidReason: string | null;
};

export type OrderRowTender = {
  readonly tenderId: string;
  readonly kind: TenderKind;
  readonly amount: number;
  readonly tip: number;
  readonly reference: string | null;
  readonly lastFour: string | null;
  readonly at: string;
};

/** Open orders and order history. Sums are minor units of `currency`; `balance` is what is still to pay. */
export type OrderRow = {
  readonly orderId: string;
  readonly locationId: string;
  readonly orderType: OrderType;
  readonly status: 'open' | 'closed' | 'cancelled';
  readonly reference: string;
  readonly tableId: string | null;
  readonly tableName: string | null;
  readonly covers: number | null;
  readonly server: string | null;
  readonly currency: string;
  readonly lines: readonly OrderRowLine[];
  readonly tenders: readonly OrderRowTender[];
  readonly total: number;
  readonly paid: number;
  readonly tips: number;
  readonly balance: number;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly revision: number;
};

type Edit = (order: OrderRow) => OrderRow;

const edit = (orderId: string, revision: number, by: Edit): readonly Change<OrderRow>[] => [
  existing(orderId, (order) => ({ ...by(order), revision })),
];

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);

const withSums: Edit = (order) => {
  const total = sum(order.lines, ({ status, amount }) => (status === 'voided' ? 0 : amount));
  const paid = sum(order.tenders, ({ amount }) => amount);
  return { ...order, total, paid, tips: sum(order.tenders, ({ tip }) => tip), balance: total - paid };
};

const withLines = (order: OrderRow, ids: ReadonlySet<string>, to: (line: OrderRowLine) => OrderRowLine): OrderRow => ({
  ...order,
  lines: order.lines.map((line) => (ids.has(line.lineId) ? to(line) : line)),
});

const withStatus = (lineIds: readonly string[], status: OrderRowLine['status']): Edit => {
  const ids = new Set(lineIds);
  return (order) => withLines(order, ids, (line) => ({ ...line, status }));
};

const waiting = ({ lineId, menuItemId, name, categoryId, stationId, quantity, price, seat, course, note }: OrderLine): OrderRowLine => ({
  lineId,
  menuItemId,
  name,
  categoryId,
  stationId,
  quantity,
  price: price.amount,
  amount: price.amount * quantity,
  seat,
  course,
  note,
  status: 'waiting',
  ticketId: null,
  voidReason: null,
});

const taken = ({ tenderId, kind, amount, tip, reference, lastFour }: Tender, at: string): OrderRowTender => ({
  tenderId,
  kind,
  amount: amount.amount,
  tip: tip.amount,
  reference,
  lastFour,
  at,
});

const opened = ({ data, at, revision }: Fact<'OrderOpened'>): OrderRow => ({
  orderId: data.orderId,
  locationId: data.locationId,
  orderType: data.orderType,
  status: 'open',
  reference: data.reference,
  tableId: data.table?.tableId ?? null,
  tableName: data.table?.name ?? null,
  covers: data.covers,
  server: data.server,
  currency: data.currency,
  lines: [],
  tenders: [],
  total: 0,
  paid: 0,
  tips: 0,
  balance: 0,
  openedAt: at,
  closedAt: null,
  revision,
});

const lineIdsOf = (lines: readonly { readonly lineId: string }[]): readonly string[] => lines.map(({ lineId }) => lineId);

export const orders = projection<OrderRow>({
  name: 'orders',
  version: 1,
  key: 'orderId',
  columns: {
    orderId: 'text',
    locationId: 'text',
    orderType: 'text',
    status: 'text',
    reference: 'text',
    tableId: 'text?',
    tableName: 'text?',
    covers: 'integer?',
    server: 'text?',
    currency: 'text',
    lines: 'json',
    tenders: 'json',
    total: 'integer',
    paid: 'integer',
    tips: 'integer',
    balance: 'integer',
    openedAt: 'time',
    closedAt: 'time?',
    revision: 'integer',
  },
  indexes: [
    ['locationId', 'status', 'openedAt', 'orderId'],
    ['openedAt', 'orderId'],
  ],
  live: false,
  shared: false,
  on: {
    OrderOpened: (fact) => [change(fact.data.orderId, () => opened(fact))],
    OrderLinesAdded: ({ data: { orderId, lines }, revision }) =>
      edit(orderId, revision, (order) => withSums({ ...order, lines: [...order.lines, ...lines.map(waiting)] })),
    OrderLineChanged: ({ data: { orderId, lineId, quantity, seat, course, note }, revision }) =>
      edit(orderId, revision, (order) =>
        withSums(withLines(order, new Set([lineId]), (line) => ({ ...line, quantity, amount: line.price * quantity, seat, course, note }))),
      ),
    OrderLineRemoved: ({ data: { orderId, lineId }, revision }) =>
      edit(orderId, revision, (order) => withSums({ ...order, lines: order.lines.filter((line) => line.lineId !== lineId) })),
    OrderLinesFired: ({ data, revision }) => {
      const tickets = new Map(data.tickets.flatMap(({ ticketId, lines }) => lines.map(({ lineId }) => [lineId, ticketId])));
      return edit(data.orderId, revision, (order) =>
        withLines(order, new Set(tickets.keys()), (line) => ({ ...line, status: 'fired', ticketId: tickets.get(line.lineId) ?? null })),
      );
    },
    OrderTicketStarted: ({ data, revision }) => edit(data.orderId, revision, withStatus(lineIdsOf(data.uses), 'started')),
    OrderTicketReady: ({ data, revision }) => edit(data.orderId, revision, withStatus(data.lineIds, 'ready')),
    OrderTicketBumped: ({ data, revision }) => edit(data.orderId, revision, withStatus(lineIdsOf(data.lines), 'served')),
    OrderTicketRecalled: ({ data, revision }) => edit(data.orderId, revision, withStatus(lineIdsOf(data.lines), 'started')),
    OrderLineVoided: ({
      data: {
        orderId,
        line: { lineId },
        reason,
      },
      revision,
    }) =>
      edit(orderId, revision, (order) =>
        withSums(withLines(order, new Set([lineId]), (line) => ({ ...line, status: 'voided', voidReason: reason }))),
      ),
    OrderTendered: ({ data: { orderId, tender }, at, revision }) =>
      edit(orderId, revision, (order) => withSums({ ...order, tenders: [...order.tenders, taken(tender, at)] })),
    OrderClosed: ({ data, at, revision }) => edit(data.orderId, revision, (order) => ({ ...order, status: 'closed', closedAt: at })),
    OrderCancelled: ({ data, at, revision }) =>
      edit(data.orderId, revision, (order) => ({ ...order, status: 'cancelled', balance: 0, closedAt: at })),
  },
});
