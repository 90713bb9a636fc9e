import { sql } from 'slonik';
import Type, { type Static } from 'typebox';
import { orders as ordersProjection, type OrderRow } from '../projections/orders.ts';
import { query } from './query.ts';
import { answer, fetched, Id, Limit, list, Money, money, Nullable, page, params, Slug, Time } from './schema.ts';
import { ifGiven, isVisible, select, visible } from './sql.ts';

const Line = answer({
  lineId: Id,
  menuItemId: Id,
  name: Type.String(),
  categoryId: Slug,
  stationId: Slug,
  quantity: Type.Integer(),
  price: Money,
  amount: Money,
  seat: Nullable(Type.Integer()),
  course: Nullable(Type.Integer()),
  note: Nullable(Type.String()),
  status: Type.Enum(['waiting', 'fired', 'started', 'ready', 'served', 'voided']),
  ticketId: Nullable(Type.String()),
  voidReason: Nullable(Type.String()),
});

const Tender = answer({
  tenderId: Id,
  kind: Type.Enum(['cash', 'card', 'voucher']),
  amount: Money,
  tip: Money,
  reference: Nullable(Type.String()),
  lastFour: Nullable(Type.String()),
  at: Time,
});

export const Order = answer({
  orderId: Id,
  locationId: Id,
  orderType: Type.Enum(['dine-in', 'takeaway', 'delivery']),
  status: Type.Enum(['open', 'closed', 'cancelled']),
  reference: Type.String(),
  tableId: Nullable(Id),
  tableName: Nullable(Type.String()),
  covers: Nullable(Type.Integer()),
  server: Nullable(Type.String()),
  currency: Type.String(),
  lines: Type.Array(Line),
  tenders: Type.Array(Tender),
  total: Money,
  paid: Money,
  tips: Money,
  balance: Money,
  openedAt: Time,
  closedAt: Nullable(Time),
  revision: Type.Integer(),
});
export type Order = Static<typeof Order>;

const orderOf = ({ lines, tenders, total, paid, tips, balance, ...order }: OrderRow): Order => {
  const inCurrency = (amount: number) => money(amount, order.currency);
  return {
    ...order,
    lines: lines.map((line) => ({ ...line, price: inCurrency(line.price), amount: inCurrency(line.amount) })),
    tenders: tenders.map((tender) => ({ ...tender, amount: inCurrency(tender.amount), tip: inCurrency(tender.tip) })),
    total: inCurrency(total),
    paid: inCurrency(paid),
    tips: inCurrency(tips),
    balance: inCurrency(balance),
  };
};

export const orders = query({
  name: 'orders',
  summary: 'Orders, the latest first',
  permission: 'order.read',
  path: '/orders',
  params: params({
    status: Type.Optional(Type.Enum(['open', 'closed', 'cancelled'])),
    locationId: Type.Optional(Id),
    limit: Limit,
    after: Type.Optional(Id),
  }),
  answer: list(Order),
  reads: ['orders'],
  run: async (db, { status, locationId, limit, after }, scope) => {
    const found = await db.any(select<OrderRow>`
      select * from read_models.orders
      where ${visible(scope, locationId)}
        and ${ifGiven(status, (asked) => sql.fragment`status = ${asked}`)}
        and ${ifGiven(after, (id) => sql.fragment`(opened_at, order_id) < (select opened_at, order_id from read_models.orders where order_id = ${id})`)}
      order by opened_at desc, order_id desc
      limit ${fetched(limit)}`);
    return page(found.map(orderOf), limit, ({ orderId }) => orderId);
  },
});

export const order = query({
  name: 'order',
  summary: 'One order',
  permission: 'order.read',
  path: '/orders/{orderId}',
  params: params({ orderId: Id }),
  answer: Order,
  reads: ['orders'],
  run: async (db, { orderId }, scope) => {
    const found = await db.maybeOne(select<OrderRow>`
      select * from read_models.orders where order_id = ${orderId} and ${visible(scope, undefined)}`);
    return found === null ? null : orderOf(found);
  },
  asOf: async (history, until, { orderId }, scope) => {
    const found = (await history.fold(ordersProjection, until, `Order-${orderId}`)).get(orderId);
    return found === undefined || !isVisible(scope, undefined, found) ? null : orderOf(found);
  },
});
