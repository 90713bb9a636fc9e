import type { KitchenLine, KitchenTicket } from '../../src/projections/kitchen-board.ts';
import type { Order } from '../../src/queries/orders.ts';
import type { NewLine, NewOrder } from '../../web/pos/actions.ts';
import { noRows, type TopicRows } from '../../web/shared/topic-rows.ts';

export const line: KitchenLine = {
  lineId: 'line-1',
  menuItemId: 'burger',
  name: 'Hamburger',
  quantity: 2,
  seat: null,
  course: null,
  note: null,
  status: 'fired',
  voidReason: null,
};

export const ticket = (ticketId: string, changes: Partial<KitchenTicket> = {}): KitchenTicket => ({
  ticketId,
  orderId: ticketId,
  locationId: 'here',
  stationId: 'grill',
  reference: ticketId,
  orderType: 'dine-in',
  tableName: '7',
  covers: 2,
  server: 'Anna',
  status: 'fired',
  lines: [line],
  prepSeconds: 300,
  firedAt: '2026-01-31T18:00:00.000Z',
  startedAt: null,
  readyAt: null,
  bumpedAt: null,
  recalled: false,
  cancelled: false,
  ...changes,
});

export const rowsOf = (position: number, ...tickets: readonly KitchenTicket[]): TopicRows<KitchenTicket> => ({
  ...noRows<KitchenTicket>(),
  position,
  rows: new Map(tickets.map((one) => [one.ticketId, one])),
});

const usd = (amount: number) => ({ amount, currency: 'USD' });

export const orderLine: Order['lines'][number] = {
  lineId: 'line-1',
  menuItemId: 'burger',
  name: 'Hamburger',
  categoryId: 'american',
  stationId: 'grill',
  quantity: 2,
  price: usd(1295),
  amount: usd(2590),
  seat: null,
  course: null,
  note: null,
  status: 'waiting',
  ticketId: null,
  voidReason: null,
};

export const order: Order = {
  orderId: 'order-1',
  locationId: 'here',
  orderType: 'dine-in',
  status: 'open',
  reference: 'A1F3',
  tableId: 'table-5',
  tableName: '5',
  covers: 2,
  server: 'Anna',
  currency: 'USD',
  lines: [orderLine],
  tenders: [],
  total: usd(2590),
  paid: usd(0),
  tips: usd(0),
  balance: usd(2590),
  openedAt: '2026-01-31T18:00:00.000Z',
  closedAt: null,
  revision: 2,
};

export const opening: NewOrder = {
  type: 'open-order',
  orderId: 'order-1',
  locationId: 'here',
  currency: 'USD',
  table: { tableId: 'table-5', tableName: '5' },
  covers: 2,
  server: 'Anna',
};

export const fries: NewLine = {
  type: 'add-line',
  orderId: 'order-1',
  lineId: 'line-2',
  menuItemId: 'fries',
  name: 'French Fries',
  quantity: 1,
  seat: 2,
  price: 700,
};
