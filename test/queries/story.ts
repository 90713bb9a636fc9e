import type { DomainEvent } from '../../src/domain/events.ts';
import type { OrderLine } from '../../src/domain/order.ts';
import {
  alertId,
  beefId,
  canonicalEvents,
  edamameDishId,
  edamameId,
  hamburgerId,
  locationId as newYork,
  managerId,
  serverId,
  shiftId,
  tableId,
} from '../support/canonical-events.ts';
import { edamame, hamburgers, onTicket, usd } from '../support/order-facts.ts';
import type { Happening } from '../infra/projections/evening.ts';

export { alertId, beefId, edamameDishId, edamameId, hamburgerId, managerId, newYork, serverId, shiftId, tableId };

const id = (nth: number): string => `01939f3a-9000-7000-8000-${String(nth).padStart(12, '0')}`;

export const paris = id(1);
export const flourId = id(2);
export const tables = { nine: id(3), ten: id(4), parisian: id(5) };
export const parisShiftId = id(6);
export const secondAlertId = id(7);
export const retiredItemId = id(8);
export const parisItemId = id(9);

/** Orders by what became of them. */
export const orders = { dinner: id(11), night: id(12), morning: id(13), open: id(14), cancelled: id(15), parisian: id(16) };
const lineOf = (orderId: string, nth: number): string => id(Number(orderId.slice(-12)) * 100 + nth);
export const lines = {
  dinnerHamburgers: lineOf(orders.dinner, 1),
  dinnerEdamame: lineOf(orders.dinner, 2),
  dinnerVoided: lineOf(orders.dinner, 3),
};

const happening = (stream: string, locationId: string, occurredAt: string, ...events: readonly DomainEvent[]): Happening => ({
  stream,
  events,
  locationId,
  occurredAt,
});

const AT_SETUP = '2025-03-01T12:00:00.000Z';

const { LocationChanged, MenuStationDefined, MenuCategoryDefined, MenuItemDefined, MenuItemChanged, OrderOpened } = canonicalEvents;
const parisian = {
  ...LocationChanged.data,
  locationId: paris,
  name: 'Rue du Port',
  timeZone: 'Europe/Paris',
  currency: 'EUR',
  dayStartsAt: '05:00',
};

const places: readonly Happening[] = [
  happening(`Location-${newYork}`, newYork, AT_SETUP, { type: 'LocationDefined', data: LocationChanged.data }),
  happening(`Location-${paris}`, paris, AT_SETUP, { type: 'LocationDefined', data: parisian }),
  happening(
    `Menu-${newYork}`,
    newYork,
    AT_SETUP,
    MenuStationDefined,
    { type: 'MenuStationDefined', data: { locationId: newYork, stationId: 'cold', name: 'Cold', warnSeconds: 120, lateSeconds: 240 } },
    MenuCategoryDefined,
    { type: 'MenuCategoryDefined', data: { locationId: newYork, categoryId: 'asian', name: 'Asian' } },
  ),
  happening(`MenuItem-${hamburgerId}`, newYork, AT_SETUP, MenuItemDefined, MenuItemChanged),
  happening(
    `MenuItem-${retiredItemId}`,
    newYork,
    AT_SETUP,
    { type: 'MenuItemDefined', data: { ...MenuItemDefined.data, menuItemId: retiredItemId } },
    {
      type: 'MenuItemRetired',
      data: { menuItemId: retiredItemId },
    },
  ),
  happening(`MenuItem-${parisItemId}`, paris, AT_SETUP, {
    type: 'MenuItemDefined',
    data: { ...MenuItemDefined.data, menuItemId: parisItemId, locationId: paris, name: 'Crêpe', price: { amount: 700, currency: 'EUR' } },
  }),
];

const { StockItemDefined } = canonicalEvents;
const stock: readonly Happening[] = [
  happening(`StockItem-${beefId}`, newYork, AT_SETUP, StockItemDefined, {
    type: 'StockItemReceived',
    data: { stockItemId: beefId, quantity: 10_000_000, cost: null, reference: null },
  }),
  happening(`StockItem-${edamameId}`, newYork, AT_SETUP, {
    type: 'StockItemDefined',
    data: { ...StockItemDefined.data, stockItemId: edamameId, name: 'Edamame', displayUnit: 'g' },
  }),
  happening(`StockItem-${flourId}`, paris, AT_SETUP, {
    type: 'StockItemDefined',
    data: { ...StockItemDefined.data, stockItemId: flourId, locationId: paris, name: 'Farine' },
  }),
  happening(`Alert-${alertId}`, newYork, AT_SETUP, canonicalEvents.AlertRaised),
  happening(
    `Alert-${secondAlertId}`,
    newYork,
    '2025-03-02T12:00:00.000Z',
    { type: 'AlertRaised', data: { ...canonicalEvents.AlertRaised.data, alertId: secondAlertId } },
    { type: 'AlertAcknowledged', data: { alertId: secondAlertId, acknowledgedBy: managerId } },
  ),
];

const tableAt = (table: string, locationId: string, name: string, ...events: readonly DomainEvent[]): Happening =>
  happening(
    `Table-${table}`,
    locationId,
    AT_SETUP,
    { type: 'TableDefined', data: { tableId: table, locationId, name, section: null, seats: 4 } },
    ...events,
  );
const guests: readonly Happening[] = [
  tableAt(tables.ten, newYork, '10'),
  tableAt(tables.nine, newYork, '9', { type: 'TableSeated', data: { tableId: tables.nine, covers: 3 } }),
  tableAt(tableId, newYork, '12'),
  tableAt(tables.parisian, paris, '1'),
  happening(`Shift-${shiftId}`, newYork, AT_SETUP, canonicalEvents.ShiftClockedIn, canonicalEvents.ShiftClockedOut),
  happening(`Shift-${parisShiftId}`, paris, AT_SETUP, {
    type: 'ShiftClockedIn',
    data: { ...canonicalEvents.ShiftClockedIn.data, shiftId: parisShiftId, locationId: paris, at: '2025-03-15T03:30:00.000Z' },
  }),
];

const line = (orderId: string, nth: number, like: OrderLine): OrderLine => ({ ...like, lineId: lineOf(orderId, nth) });
const one = (dish: OrderLine): OrderLine => ({ ...dish, quantity: 1 });

type Sold = {
  readonly orderId: string;
  readonly at: string;
  readonly locationId?: string;
  readonly currency?: string;
  readonly table?: boolean;
};
const opened = ({ orderId, at, locationId = newYork, currency = 'USD', table = false }: Sold): Happening =>
  happening(`Order-${orderId}`, locationId, at, {
    type: 'OrderOpened',
    data: { ...OrderOpened.data, orderId, locationId, currency, table: table ? OrderOpened.data.table : null },
  });
const then = ({ orderId, at, locationId = newYork }: Sold, ...events: readonly DomainEvent[]): Happening =>
  happening(`Order-${orderId}`, locationId, at, ...events);

const added = (orderId: string, ...ordered: readonly OrderLine[]): DomainEvent => ({
  type: 'OrderLinesAdded',
  data: { orderId, lines: ordered },
});
const fired = ({ orderId, locationId = newYork }: Sold, ordered: OrderLine): DomainEvent => ({
  type: 'OrderLinesFired',
  data: {
    orderId,
    header: { ...canonicalEvents.OrderLinesFired.data.header, locationId, table: null },
    tickets: [{ ticketId: `${orderId}.1`, stationId: ordered.stationId, prepSeconds: ordered.prepSeconds, lines: [onTicket(ordered)] }],
  },
});
const closed = (orderId: string, ordered: readonly OrderLine[], total: number, currency = 'USD'): readonly DomainEvent[] => [
  {
    type: 'OrderTendered',
    data: {
      orderId,
      tender: { ...canonicalEvents.OrderTendered.data.tender, amount: { amount: total, currency }, tip: { amount: 100, currency } },
      balance: { amount: 0, currency },
    },
  },
  {
    type: 'OrderClosed',
    data: {
      orderId,
      tableId: null,
      lineIds: ordered.map(({ lineId }) => lineId),
      total: { amount: total, currency },
      tips: { amount: 100, currency },
    },
  },
];

const soldAt = (sold: Sold, dish: OrderLine): readonly Happening[] => {
  const ordered = line(sold.orderId, 1, one(dish));
  const { amount, currency } = ordered.price;
  return [opened({ ...sold, currency }), then(sold, added(sold.orderId, ordered), ...closed(sold.orderId, [ordered], amount, currency))];
};

/** 20:10 in New York, in summer time, on the 14th. */
const dinner: Sold = { orderId: orders.dinner, at: '2025-03-15T00:10:00.000Z', table: true };
const dinnerLines = [line(orders.dinner, 1, hamburgers), line(orders.dinner, 2, edamame)] as const;
const burnt = line(orders.dinner, 3, one(hamburgers));
const dinnerHappenings: readonly Happening[] = [
  opened(dinner),
  then(dinner, added(orders.dinner, ...dinnerLines, burnt), fired(dinner, burnt), {
    type: 'OrderLineVoided',
    data: {
      ...canonicalEvents.OrderLineVoided.data,
      orderId: orders.dinner,
      ticketId: `${orders.dinner}.1`,
      stationId: 'grill',
      line: onTicket(burnt),
      value: usd(1295),
      reason: 'burnt',
    },
  }),
  then({ ...dinner, at: '2025-03-15T01:30:00.000Z' }, ...closed(orders.dinner, dinnerLines, 3090)),
];

const open: Sold = { orderId: orders.open, at: '2025-03-15T17:00:00.000Z', table: true };
const openLine = line(orders.open, 1, edamame);
const waitingLine = line(orders.open, 2, hamburgers);
const cancelled: Sold = { orderId: orders.cancelled, at: '2025-03-15T16:00:00.000Z' };

/**
 * Two locations. In New York a dinner of 30.90 (a third dish was burnt), a hamburger at half past three in the night, which belongs to
 * the evening before, another at four, when the day begins; an order under way at table 12, and one cancelled. In Paris a crêpe.
 */
export const story: readonly Happening[] = [
  ...places,
  ...stock,
  ...guests,
  ...dinnerHappenings,
  ...soldAt({ orderId: orders.night, at: '2025-03-15T07:30:00.000Z' }, hamburgers),
  ...soldAt({ orderId: orders.morning, at: '2025-03-15T08:00:00.000Z' }, hamburgers),
  ...soldAt(
    { orderId: orders.parisian, at: '2025-03-14T19:00:00.000Z', locationId: paris },
    {
      ...hamburgers,
      menuItemId: parisItemId,
      name: 'Crêpe',
      categoryId: 'sweet',
      categoryName: 'Sweet',
      price: { amount: 700, currency: 'EUR' },
    },
  ),
  opened(cancelled),
  then(cancelled, added(orders.cancelled, line(orders.cancelled, 1, hamburgers)), {
    type: 'OrderCancelled',
    data: { ...canonicalEvents.OrderCancelled.data, orderId: orders.cancelled, lineIds: [lineOf(orders.cancelled, 1)] },
  }),
  opened(open),
  then({ ...open, at: '2025-03-15T17:05:00.000Z' }, added(orders.open, openLine, waitingLine), fired(open, openLine)),
];
