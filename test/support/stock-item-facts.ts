import type { Quantity } from '../../src/domain/quantity.ts';
import type { StockItemCommand, StockItemEvent, StockUse } from '../../src/domain/stock-item.ts';
import { beefId, canonicalEvents, hamburgerLineId, locationId, orderId } from './canonical-events.ts';

/** Beef, kept in mg and shown in kg: par 20 kg, reorder point 5 kg. */
export const defined = canonicalEvents.StockItemDefined;
export const kilos = (amount: number): Quantity => ({ amount: amount * 1_000_000, unit: 'mg' });

const stockItemId = beefId;
export const useOf = (kg: number): StockUse => ({ orderId, lineId: hamburgerLineId, recipeVersion: 2, quantity: kilos(kg).amount });

export const define: StockItemCommand = { type: 'DefineStockItem', data: defined.data };
export const receive = (quantity: Quantity): StockItemCommand => ({
  type: 'ReceiveStock',
  data: { stockItemId, quantity, cost: { amount: 8900, currency: 'USD' }, reference: 'DN-20871' },
});
export const consume = (...uses: readonly StockUse[]): StockItemCommand => ({ type: 'ConsumeStock', data: { stockItemId, uses } });
export const waste = (quantity: Quantity): StockItemCommand => ({
  type: 'WasteStock',
  data: { stockItemId, quantity, reason: 'burnt', note: null },
});
export const count = (counted: Quantity): StockItemCommand => ({ type: 'CountStock', data: { stockItemId, counted } });

export const received = (kg: number): StockItemEvent => ({
  type: 'StockItemReceived',
  data: { stockItemId, quantity: kilos(kg).amount, cost: { amount: 8900, currency: 'USD' }, reference: 'DN-20871' },
});
export const consumed = (...uses: readonly StockUse[]): StockItemEvent => ({
  type: 'StockItemConsumed',
  data: { stockItemId, quantity: uses.reduce((total, use) => total + use.quantity, 0), uses },
});
export const wasted = (kg: number): StockItemEvent => ({
  type: 'StockItemWasted',
  data: { stockItemId, quantity: kilos(kg).amount, reason: 'burnt', note: null },
});
export const counted = (kg: number, varianceKg: number): StockItemEvent => ({
  type: 'StockItemCounted',
  data: { stockItemId, counted: kilos(kg).amount, variance: kilos(varianceKg).amount },
});
export const reorderPointReached = (kg: number): StockItemEvent => ({
  type: 'StockItemReorderPointReached',
  data: {
    stockItemId,
    locationId,
    name: 'Ground beef',
    onHand: kilos(kg).amount,
    reorderPoint: kilos(5).amount,
    par: kilos(20).amount,
    displayUnit: 'kg',
  },
});
