import Type from 'typebox';
import { Rejection } from '../domain/rejection.ts';
import { orderDecider, type OrderCommand, type OrderEvent, type Order, type OrderLine } from '../domain/order.ts';
import type { OrderId, TicketId } from '../domain/ids.ts';
import { commandsOf, type Aggregate, type Context } from './command.ts';
import { locationAggregate } from './location.ts';
import { menuItemAggregate } from './menu-item.ts';
import { Id, input, Money, Name, Nullable, Text, TicketId as TicketIdSchema } from './schema.ts';
import { tableAggregate } from './table.ts';

export const orderAggregate: Aggregate<Order, OrderCommand, OrderEvent> = {
  name: 'Order',
  decider: orderDecider,
  locationOf: (order) => (order.status === 'unknown' ? null : order.header.locationId),
};

const command = commandsOf(orderAggregate);

const Line = input({
  lineId: Type.Optional(Id),
  menuItemId: Id,
  quantity: Type.Integer({ minimum: 1, maximum: 999 }),
  seat: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 99 }))),
  course: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 20 }))),
  note: Type.Optional(Nullable(Text(400))),
});
type LineInput = Type.Static<typeof Line>;

/** The line as the menu has it at this moment: name, price, station and recipe are fixed here. */
const pricedLine = async (line: LineInput, locationId: string | null, { load, newId }: Context): Promise<OrderLine> => {
  const item = await load(menuItemAggregate, line.menuItemId);
  if (item.status !== 'offered' || (locationId !== null && item.locationId !== locationId)) {
    throw new Rejection('menu-item-unknown', `The menu has no item ${line.menuItemId}: read the menu again.`);
  }
  return {
    lineId: line.lineId ?? newId(),
    menuItemId: line.menuItemId,
    ...item.details,
    quantity: line.quantity,
    recipeVersion: item.recipeVersion,
    seat: line.seat ?? null,
    course: line.course ?? null,
    note: line.note ?? null,
  };
};

const tableOf = async (tableId: string | undefined, locationId: string, { load }: Context) => {
  if (tableId === undefined) return null;
  const table = await load(tableAggregate, tableId);
  if (table.status === 'unknown' || table.locationId !== locationId)
    throw new Rejection('table-unknown', 'There is no such table here: read the table map again.');
  return { tableId, name: table.definition.name };
};

/** People call an order by its last four letters where the terminal has no number for it. */
const referenceFrom = (orderId: string): string => orderId.slice(-4).toUpperCase();

const openOrder = command({
  type: 'OpenOrder',
  summary: 'Open an order',
  permission: 'order.open',
  route: { method: 'POST', path: '/orders' },
  creates: true,
  input: input({
    orderId: Type.Optional(Id),
    locationId: Type.Optional(Id),
    orderType: Type.Enum(['dine-in', 'takeaway', 'delivery']),
    tableId: Type.Optional(Id),
    covers: Type.Optional(Type.Integer({ minimum: 1, maximum: 999 })),
    server: Type.Optional(Name),
    serverId: Type.Optional(Id),
    reference: Type.Optional(Text(20)),
  }),
  prepare: async ({ tableId, covers, server, serverId, reference, orderType, ...given }, context) => {
    const orderId = given.orderId ?? context.newId();
    const locationId = await context.location(given.locationId);
    const location = await context.load(locationAggregate, locationId);
    if (location.status === 'unknown') throw new Rejection('location-unknown', 'There is no such location: check locationId.');
    const table = await tableOf(tableId, locationId, context);
    const header = {
      locationId,
      orderType,
      table,
      covers: covers ?? null,
      server: server ?? context.actorName,
      serverId: serverId ?? context.actor.userId,
      reference: reference ?? referenceFrom(orderId),
    };
    return {
      id: orderId,
      locationId,
      ids: { orderId },
      command: { type: 'OpenOrder', data: { orderId, currency: location.details.currency, ...header } },
    };
  },
});

const addOrderLines = command({
  type: 'AddOrderLines',
  summary: 'Add lines to an order, at the menu’s present prices',
  permission: 'order.add-lines',
  route: { method: 'POST', path: '/orders/{orderId}/lines' },
  input: input({ orderId: Id, lines: Type.Array(Line, { minItems: 1, maxItems: 100 }) }),
  prepare: async ({ orderId, lines }, context) => {
    const locationId = await context.locationOf(orderAggregate, orderId);
    const priced = await Promise.all(lines.map((line) => pricedLine(line, locationId, context)));
    const ids = { orderId, lineIds: priced.map((line) => line.lineId) };
    return { id: orderId, locationId: null, ids, command: { type: 'AddOrderLines', data: { orderId, lines: priced } } };
  },
});

const changeOrderLine = command({
  type: 'ChangeOrderLine',
  summary: 'Change a line that has not been sent to the kitchen',
  permission: 'order.change-line',
  route: { method: 'PUT', path: '/orders/{orderId}/lines/{lineId}' },
  input: input({
    orderId: Id,
    lineId: Id,
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 999 })),
    seat: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 99 }))),
    course: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 20 }))),
    note: Type.Optional(Nullable(Text(400))),
  }),
  prepare: (data) => ({
    id: data.orderId,
    locationId: null,
    ids: { orderId: data.orderId, lineId: data.lineId },
    command: { type: 'ChangeOrderLine', data },
  }),
});

const removeOrderLine = command({
  type: 'RemoveOrderLine',
  summary: 'Remove a line that has not been sent to the kitchen',
  permission: 'order.remove-line',
  route: { method: 'DELETE', path: '/orders/{orderId}/lines/{lineId}' },
  input: input({ orderId: Id, lineId: Id }),
  prepare: (data) => ({
    id: data.orderId,
    locationId: null,
    ids: { orderId: data.orderId, lineId: data.lineId },
    command: { type: 'RemoveOrderLine', data },
  }),
});

const voidOrderLine = command({
  type: 'VoidOrderLine',
  summary: 'Void a line that was sent to the kitchen',
  permission: 'order.void-line',
  route: { method: 'POST', path: '/orders/{orderId}/lines/{lineId}/void' },
  approvable: 'lineId',
  input: input({ orderId: Id, lineId: Id, reason: Text(200) }),
  prepare: (data, { actor, approvedBy }) => ({
    id: data.orderId,
    locationId: null,
    ids: { orderId: data.orderId, lineId: data.lineId },
    command: { type: 'VoidOrderLine', data: { ...data, approvedBy: approvedBy ?? actor.userId } },
  }),
});

const sendOrder = command({
  type: 'SendOrder',
  summary: 'Send all waiting lines to the kitchen',
  permission: 'order.send',
  route: { method: 'POST', path: '/orders/{orderId}/send' },
  input: input({ orderId: Id }),
  prepare: ({ orderId }) => ({ id: orderId, locationId: null, ids: { orderId }, command: { type: 'SendOrder', data: { orderId } } }),
});

const tenderOrder = command({
  type: 'TenderOrder',
  summary: 'Take a payment towards an order',
  permission: 'order.tender',
  route: { method: 'POST', path: '/orders/{orderId}/tenders' },
  input: input({
    orderId: Id,
    tenderId: Type.Optional(Id),
    kind: Type.Enum(['cash', 'card', 'voucher']),
    amount: Money,
    tip: Type.Optional(Money),
    reference: Type.Optional(Text(60)),
    lastFour: Type.Optional(Type.String({ pattern: '^[0-9]{4}$', description: 'the last four digits of the card, never more' })),
  }),
  prepare: ({ orderId, kind, amount, tip, reference, lastFour, ...given }, { newId }) => {
    const tenderId = given.tenderId ?? newId();
    const tender = {
      tenderId,
      kind,
      amount,
      tip: tip ?? { amount: 0, currency: amount.currency },
      reference: reference ?? null,
      lastFour: lastFour ?? null,
    };
    return { id: orderId, locationId: null, ids: { orderId, tenderId }, command: { type: 'TenderOrder', data: { orderId, tender } } };
  },
});

const closeOrder = command({
  type: 'CloseOrder',
  summary: 'Close an order that is paid',
  permission: 'order.close',
  route: { method: 'POST', path: '/orders/{orderId}/close' },
  input: input({ orderId: Id }),
  prepare: ({ orderId }) => ({ id: orderId, locationId: null, ids: { orderId }, command: { type: 'CloseOrder', data: { orderId } } }),
});

const cancelOrder = command({
  type: 'CancelOrder',
  summary: 'Cancel an order on which nothing was paid',
  permission: 'order.cancel',
  route: { method: 'POST', path: '/orders/{orderId}/cancel' },
  input: input({ orderId: Id, reason: Text(200) }),
  prepare: ({ orderId, reason }, { actor }) => ({
    id: orderId,
    locationId: null,
    ids: { orderId },
    command: { type: 'CancelOrder', data: { orderId, reason, cancelledBy: actor.userId } },
  }),
});

export const orderOf = (ticketId: TicketId): OrderId => ticketId.slice(0, ticketId.lastIndexOf('.'));

const ticketCommand = (
  verb: 'start' | 'ready' | 'bump' | 'recall',
  type: 'StartTicket' | 'ReadyTicket' | 'BumpTicket' | 'RecallTicket',
  summary: string,
) =>
  command({
    type,
    summary,
    permission: `kitchen.${verb}`,
    route: { method: 'POST', path: `/kitchen/tickets/{ticketId}/${verb}` },
    input: input({ ticketId: TicketIdSchema }),
    prepare: ({ ticketId }) => {
      const orderId = orderOf(ticketId);
      return { id: orderId, locationId: null, ids: { orderId, ticketId }, command: { type, data: { orderId, ticketId } } };
    },
  });

export const orderCommands = [
  openOrder,
  addOrderLines,
  changeOrderLine,
  removeOrderLine,
  voidOrderLine,
  sendOrder,
  ticketCommand('start', 'StartTicket', 'Start cooking a ticket'),
  ticketCommand('ready', 'ReadyTicket', 'Say that a ticket is cooked'),
  ticketCommand('bump', 'BumpTicket', 'Take a served ticket off the screen'),
  ticketCommand('recall', 'RecallTicket', 'Bring a bumped ticket back to the screen'),
  tenderOrder,
  closeOrder,
  cancelOrder,
];
