import type { DomainEvent } from '../../src/domain/events.ts';
import type { LocationDetails } from '../../src/domain/location.ts';
import type { Ingredient, OrderHeader, OrderLine, TicketLine } from '../../src/domain/order.ts';

export const locationId = '01939f3a-1000-7000-8000-000000000001';
export const tableId = '01939f3a-1000-7000-8000-000000000002';
export const serverId = '01939f3a-1000-7000-8000-000000000003';
export const managerId = '01939f3a-1000-7000-8000-000000000004';
export const beefId = '01939f3a-1000-7000-8000-000000000011';
export const bunId = '01939f3a-1000-7000-8000-000000000012';
export const edamameId = '01939f3a-1000-7000-8000-000000000013';
export const hamburgerId = '01939f3a-1000-7000-8000-000000000021';
export const edamameDishId = '01939f3a-1000-7000-8000-000000000022';
export const orderId = '01939f3a-2000-7000-8000-000000000001';
export const hamburgerLineId = '01939f3a-2000-7000-8000-000000000002';
export const edamameLineId = '01939f3a-2000-7000-8000-000000000003';
export const secondHamburgerLineId = '01939f3a-2000-7000-8000-000000000004';
export const tenderId = '01939f3a-2000-7000-8000-000000000005';
export const cancelledOrderId = '01939f3a-2000-7000-8000-000000000006';
export const shiftId = '01939f3a-3000-7000-8000-000000000001';
export const alertId = '01939f3a-4000-7000-8000-000000000001';
const sessionId = '01939f3a-5000-7000-8000-000000000001';
const roleId = '01939f3a-5000-7000-8000-000000000002';
const terminalUserId = '01939f3a-5000-7000-8000-000000000003';
export const grillTicketId = `${orderId}.1`;
export const coldTicketId = `${orderId}.2`;

const usd = (amount: number) => ({ amount, currency: 'USD' });

const location: LocationDetails = { name: 'Harbour Street', timeZone: 'America/New_York', currency: 'USD', dayStartsAt: '04:00' };

const hamburgerRecipe: readonly Ingredient[] = [
  { stockItemId: beefId, quantity: 150_000 },
  { stockItemId: bunId, quantity: 1 },
];
const edamameRecipe: readonly Ingredient[] = [{ stockItemId: edamameId, quantity: 120_000 }];

const header: OrderHeader = {
  locationId,
  orderType: 'dine-in',
  table: { tableId, name: '12' },
  covers: 2,
  server: 'Ana',
  reference: '104',
};

const hamburgerLine: OrderLine = {
  lineId: hamburgerLineId,
  menuItemId: hamburgerId,
  name: 'Hamburger',
  categoryId: 'american',
  categoryName: 'American',
  stationId: 'grill',
  quantity: 1,
  price: usd(1295),
  prepSeconds: 600,
  recipe: hamburgerRecipe,
  recipeVersion: 2,
  seat: 1,
  course: 1,
  note: 'no onions',
};

const edamameLine: OrderLine = {
  lineId: edamameLineId,
  menuItemId: edamameDishId,
  name: 'Edamame',
  categoryId: 'asian',
  categoryName: 'Asian',
  stationId: 'cold',
  quantity: 1,
  price: usd(500),
  prepSeconds: 180,
  recipe: edamameRecipe,
  recipeVersion: 1,
  seat: 2,
  course: 1,
  note: null,
};

const hamburgerOnTicket: TicketLine = {
  lineId: hamburgerLineId,
  menuItemId: hamburgerId,
  name: 'Hamburger',
  quantity: 2,
  seat: 1,
  course: 1,
  note: 'no onions, well done',
};

const edamameOnTicket: TicketLine = {
  lineId: edamameLineId,
  menuItemId: edamameDishId,
  name: 'Edamame',
  quantity: 1,
  seat: 2,
  course: 1,
  note: null,
};

/**
 * One full example of every event, for ever: stored events are never edited.
 * In the order written they tell one evening: a table of two, a ticket cooked, recalled and bumped again, a dish voided, the rest paid.
 */
export const canonicalEvents: { readonly [Type in DomainEvent['type']]: Extract<DomainEvent, { readonly type: Type }> } = {
  LocationDefined: { type: 'LocationDefined', data: { locationId, ...location, name: 'Harbor Street' } },
  LocationChanged: { type: 'LocationChanged', data: { locationId, ...location } },

  MenuStationDefined: {
    type: 'MenuStationDefined',
    data: { locationId, stationId: 'grill', name: 'Grill', warnSeconds: 480, lateSeconds: 720 },
  },
  MenuCategoryDefined: { type: 'MenuCategoryDefined', data: { locationId, categoryId: 'american', name: 'American' } },

  MenuItemDefined: {
    type: 'MenuItemDefined',
    data: {
      menuItemId: hamburgerId,
      locationId,
      name: 'Hamburger',
      categoryId: 'american',
      categoryName: 'American',
      stationId: 'grill',
      price: usd(1195),
      prepSeconds: 600,
      recipe: [{ stockItemId: beefId, quantity: 150_000 }],
      recipeVersion: 1,
    },
  },
  MenuItemChanged: {
    type: 'MenuItemChanged',
    data: {
      menuItemId: hamburgerId,
      name: 'Hamburger',
      categoryId: 'american',
      categoryName: 'American',
      stationId: 'grill',
      price: usd(1295),
      prepSeconds: 600,
      recipe: hamburgerRecipe,
      recipeVersion: 2,
    },
  },
  MenuItemRetired: { type: 'MenuItemRetired', data: { menuItemId: hamburgerId } },

  StockItemDefined: {
    type: 'StockItemDefined',
    data: {
      stockItemId: beefId,
      locationId,
      name: 'Ground beef',
      displayUnit: 'kg',
      par: { amount: 20_000_000, unit: 'mg' },
      reorderPoint: { amount: 5_000_000, unit: 'mg' },
    },
  },
  StockItemReceived: {
    type: 'StockItemReceived',
    data: { stockItemId: beefId, quantity: 10_000_000, cost: usd(8900), reference: 'DN-20871' },
  },
  StockItemConsumed: {
    type: 'StockItemConsumed',
    data: { stockItemId: beefId, quantity: 300_000, uses: [{ orderId, lineId: hamburgerLineId, recipeVersion: 2, quantity: 300_000 }] },
  },
  StockItemWasted: {
    type: 'StockItemWasted',
    data: { stockItemId: beefId, quantity: 250_000, reason: 'spoiled', note: 'fridge door left open' },
  },
  StockItemCounted: { type: 'StockItemCounted', data: { stockItemId: beefId, counted: 4_900_000, variance: -4_550_000 } },
  StockItemReorderPointReached: {
    type: 'StockItemReorderPointReached',
    data: {
      stockItemId: beefId,
      locationId,
      name: 'Ground beef',
      onHand: 4_900_000,
      reorderPoint: 5_000_000,
      par: 20_000_000,
      displayUnit: 'kg',
    },
  },

  AlertRaised: {
    type: 'AlertRaised',
    data: {
      alertId,
      locationId,
      kind: 'reorder',
      stockItemId: beefId,
      name: 'Ground beef',
      onHand: 4_900_000,
      reorderPoint: 5_000_000,
      par: 20_000_000,
      displayUnit: 'kg',
    },
  },
  AlertAcknowledged: { type: 'AlertAcknowledged', data: { alertId, acknowledgedBy: managerId } },

  SubjectErased: { type: 'SubjectErased', data: { subjectId: orderId, kind: 'guest', reason: 'requested', erasedBy: managerId } },

  TableDefined: { type: 'TableDefined', data: { tableId, locationId, name: '12', section: 'Terrace', seats: 4 } },
  TableSeated: { type: 'TableSeated', data: { tableId, covers: 2 } },
  TableReleased: { type: 'TableReleased', data: { tableId } },

  ShiftClockedIn: { type: 'ShiftClockedIn', data: { shiftId, locationId, userId: serverId, name: 'Ana', at: '2025-03-14T21:00:00.000Z' } },
  ShiftBreakStarted: { type: 'ShiftBreakStarted', data: { shiftId, at: '2025-03-14T23:30:00.000Z' } },
  ShiftBreakEnded: { type: 'ShiftBreakEnded', data: { shiftId, at: '2025-03-14T23:50:00.000Z' } },
  ShiftClockedOut: {
    type: 'ShiftClockedOut',
    data: { shiftId, at: '2025-03-15T03:05:00.000Z', workedSeconds: 20_700, breakSeconds: 1_200 },
  },

  OrderOpened: { type: 'OrderOpened', data: { orderId, ...header, currency: 'USD' } },
  OrderLinesAdded: {
    type: 'OrderLinesAdded',
    data: { orderId, lines: [hamburgerLine, edamameLine, { ...hamburgerLine, lineId: secondHamburgerLineId, seat: 2, note: null }] },
  },
  OrderLineRemoved: { type: 'OrderLineRemoved', data: { orderId, lineId: secondHamburgerLineId } },
  OrderLineChanged: {
    type: 'OrderLineChanged',
    data: { orderId, lineId: hamburgerLineId, quantity: 2, seat: 1, course: 1, note: 'no onions, well done' },
  },
  OrderLinesFired: {
    type: 'OrderLinesFired',
    data: {
      orderId,
      header,
      tickets: [
        { ticketId: grillTicketId, stationId: 'grill', prepSeconds: 600, lines: [hamburgerOnTicket] },
        { ticketId: coldTicketId, stationId: 'cold', prepSeconds: 180, lines: [edamameOnTicket] },
      ],
    },
  },
  OrderTicketStarted: {
    type: 'OrderTicketStarted',
    data: {
      orderId,
      ticketId: grillTicketId,
      uses: [
        {
          lineId: hamburgerLineId,
          recipeVersion: 2,
          ingredients: [
            { stockItemId: beefId, quantity: 300_000 },
            { stockItemId: bunId, quantity: 2 },
          ],
        },
      ],
    },
  },
  OrderTicketReady: { type: 'OrderTicketReady', data: { orderId, ticketId: grillTicketId, lineIds: [hamburgerLineId] } },
  OrderTicketBumped: {
    type: 'OrderTicketBumped',
    data: { orderId, locationId, stationId: 'grill', ticketId: grillTicketId, lines: [hamburgerOnTicket] },
  },
  OrderTicketRecalled: {
    type: 'OrderTicketRecalled',
    data: { orderId, locationId, stationId: 'grill', ticketId: grillTicketId, lines: [hamburgerOnTicket] },
  },
  OrderLineVoided: {
    type: 'OrderLineVoided',
    data: {
      orderId,
      locationId,
      ticketId: coldTicketId,
      stationId: 'cold',
      line: edamameOnTicket,
      was: 'fired',
      value: usd(500),
      reason: 'guest changed their mind',
      approvedBy: managerId,
    },
  },
  OrderTendered: {
    type: 'OrderTendered',
    data: {
      orderId,
      tender: { tenderId, kind: 'card', amount: usd(2590), tip: usd(450), reference: 'auth-7F31', lastFour: '4242' },
      balance: usd(0),
    },
  },
  OrderClosed: { type: 'OrderClosed', data: { orderId, tableId, lineIds: [hamburgerLineId], total: usd(2590), tips: usd(450) } },
  OrderCancelled: {
    type: 'OrderCancelled',
    data: {
      orderId: cancelledOrderId,
      tableId: null,
      lineIds: ['01939f3a-2000-7000-8000-000000000007'],
      reason: 'guests left',
      cancelledBy: managerId,
    },
  },

  AccountRegistered: { type: 'AccountRegistered', data: { userId: serverId, roles: ['server'], locationIds: [locationId] } },
  AccountGranted: { type: 'AccountGranted', data: { userId: serverId, roles: ['server', 'host'], locationIds: [locationId] } },
  AccountDisabled: { type: 'AccountDisabled', data: { userId: serverId } },
  AccountEnabled: { type: 'AccountEnabled', data: { userId: serverId } },
  AccountRemoved: { type: 'AccountRemoved', data: { userId: serverId } },
  AccountLoggedIn: { type: 'AccountLoggedIn', data: { userId: serverId, sessionId, method: 'password-and-code' } },
  AccountLoginRefused: { type: 'AccountLoginRefused', data: { userId: null, reason: 'invalid-credentials' } },
  AccountLocked: { type: 'AccountLocked', data: { userId: serverId, of: 'account', seconds: 900 } },
  AccountSessionEnded: { type: 'AccountSessionEnded', data: { userId: serverId, sessionId, reason: 'token-reused' } },
  AccountPasswordChanged: { type: 'AccountPasswordChanged', data: { userId: serverId, by: 'owner' } },
  AccountPasswordResetRequested: { type: 'AccountPasswordResetRequested', data: { userId: serverId } },
  AccountSecondFactorEnrolled: { type: 'AccountSecondFactorEnrolled', data: { userId: managerId } },
  AccountEmailChanged: { type: 'AccountEmailChanged', data: { userId: managerId } },
  AccountSecondFactorRemoved: { type: 'AccountSecondFactorRemoved', data: { userId: managerId } },
  AccountPinIssued: { type: 'AccountPinIssued', data: { userId: serverId } },
  AccountTerminalEnrolled: { type: 'AccountTerminalEnrolled', data: { userId: terminalUserId, terminalId: 'bar', locationId } },
  AccountApprovalGiven: {
    type: 'AccountApprovalGiven',
    data: { userId: managerId, permission: 'order.void-line', subject: edamameLineId },
  },
  RoleDefined: { type: 'RoleDefined', data: { roleId, name: 'shift-lead', permissions: ['order.void-line'], locationId } },
  RoleChanged: { type: 'RoleChanged', data: { roleId, name: 'shift-lead', permissions: ['order.void-line', 'stock.count'], locationId } },
  RoleRemoved: { type: 'RoleRemoved', data: { roleId } },
};
