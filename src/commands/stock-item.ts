import Type from 'typebox';
import { toSmallest } from '../domain/quantity.ts';
import { stockItemDecider, type StockItem, type StockItemCommand, type StockItemEvent } from '../domain/stock-item.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { DisplayUnit, Id, input, Money, Name, Quantity, Text } from './schema.ts';

export const stockItemAggregate: Aggregate<StockItem, StockItemCommand, StockItemEvent> = {
  name: 'StockItem',
  decider: stockItemDecider,
  locationOf: (item) => (item.status === 'unknown' ? null : item.locationId),
};

const command = commandsOf(stockItemAggregate);

const defineStockItem = command({
  type: 'DefineStockItem',
  summary: 'Define what the store-room keeps',
  permission: 'stock.define',
  route: { method: 'POST', path: '/stock-items' },
  creates: true,
  input: input({
    stockItemId: Type.Optional(Id),
    locationId: Type.Optional(Id),
    name: Name,
    displayUnit: DisplayUnit,
    par: Quantity,
    reorderPoint: Quantity,
  }),
  prepare: async (given, context) => {
    const stockItemId = given.stockItemId ?? context.newId();
    const locationId = await context.location(given.locationId);
    const data = {
      stockItemId,
      locationId,
      name: given.name,
      displayUnit: given.displayUnit,
      par: toSmallest(given.par),
      reorderPoint: toSmallest(given.reorderPoint),
    };
    return { id: stockItemId, locationId, ids: { stockItemId }, command: { type: 'DefineStockItem', data } };
  },
});

const receiveStock = command({
  type: 'ReceiveStock',
  summary: 'Take a delivery in',
  permission: 'stock.receive',
  route: { method: 'POST', path: '/stock-items/{stockItemId}/receive' },
  input: input({ stockItemId: Id, quantity: Quantity, cost: Type.Optional(Money), reference: Type.Optional(Text(60)) }),
  prepare: ({ stockItemId, quantity, cost, reference }) => ({
    id: stockItemId,
    locationId: null,
    ids: { stockItemId },
    command: {
      type: 'ReceiveStock',
      data: { stockItemId, quantity: toSmallest(quantity), cost: cost ?? null, reference: reference ?? null },
    },
  }),
});

const wasteStock = command({
  type: 'WasteStock',
  summary: 'Write off what was thrown away',
  permission: 'stock.waste',
  route: { method: 'POST', path: '/stock-items/{stockItemId}/waste' },
  input: input({
    stockItemId: Id,
    quantity: Quantity,
    reason: Type.Enum(['spoiled', 'expired', 'spilled', 'burnt', 'returned', 'other']),
    note: Type.Optional(Text(200)),
  }),
  prepare: ({ stockItemId, quantity, reason, note }) => ({
    id: stockItemId,
    locationId: null,
    ids: { stockItemId },
    command: { type: 'WasteStock', data: { stockItemId, quantity: toSmallest(quantity), reason, note: note ?? null } },
  }),
});

const countStock = command({
  type: 'CountStock',
  summary: 'Enter what a stock take found',
  permission: 'stock.count',
  route: { method: 'POST', path: '/stock-items/{stockItemId}/count' },
  input: input({ stockItemId: Id, counted: Quantity }),
  prepare: ({ stockItemId, counted }) => ({
    id: stockItemId,
    locationId: null,
    ids: { stockItemId },
    command: { type: 'CountStock', data: { stockItemId, counted: toSmallest(counted) } },
  }),
});

const StockUse = input({ orderId: Id, lineId: Id, recipeVersion: Type.Integer(), quantity: Type.Integer() });

const consumeStock = command({
  type: 'ConsumeStock',
  summary: 'Take from stock what order lines used',
  permission: null,
  route: null,
  input: input({ stockItemId: Id, uses: Type.Array(StockUse, { minItems: 1 }) }),
  prepare: (data) => ({
    id: data.stockItemId,
    locationId: null,
    ids: { stockItemId: data.stockItemId },
    command: { type: 'ConsumeStock', data },
  }),
});

export const stockItemCommands = [defineStockItem, receiveStock, wasteStock, countStock, consumeStock];
