import type { Message } from './decider.ts';
import type { LineId, LocationId, OrderId, StockItemId } from './ids.ts';
import type { Money } from './money.ts';
import type { Quantity, Unit } from './quantity.ts';

/** What one order line took. `quantity` is in the item's smallest unit. */
export type StockUse = { readonly orderId: OrderId; readonly lineId: LineId; readonly recipeVersion: number; readonly quantity: number };

export type WasteReason = 'spoiled' | 'expired' | 'spilled' | 'burnt' | 'returned' | 'other';

type Definition = {
  readonly stockItemId: StockItemId;
  readonly locationId: LocationId;
  readonly name: string;
  readonly displayUnit: Unit;
  readonly par: Quantity;
  readonly reorderPoint: Quantity;
};

export type StockItemCommand =
  | Message<'DefineStockItem', Definition>
  | Message<'ReceiveStock', { readonly stockItemId: StockItemId; readonly quantity: Quantity; readonly cost: Money | null; readonly reference: string | null }>
  | Message<'ConsumeStock', { readonly stockItemId: StockItemId; readonly uses: readonly StockUse[] }>
  | Message<'WasteStock', { readonly stockItemId: StockItemId; readonly quantity: Quantity; readonly reason: WasteReason; readonly note: string | null }>
  | Message<'CountStock', { readonly stockItemId: StockItemId; readonly counted: Quantity }>;

/** Quantities in events are integers of the item's smallest unit. */
export type StockItemEvent =
  | Message<'StockItemDefined', Definition>
  | Message<'StockItemReceived', { readonly stockItemId: StockItemId; readonly quantity: number; readonly cost: Money | null; readonly reference: string | null }>
  | Message<'StockItemConsumed', { readonly stockItemId: StockItemId; readonly quantity: number; readonly uses: readonly StockUse[] }>
  | Message<'StockItemWasted', { readonly stockItemId: StockItemId; readonly quantity: number; readonly reason: WasteReason; readonly note: string | null }>
  | Message<'StockItemCounted', { readonly stockItemId: StockItemId; readonly counted: number; readonly variance: number }>
  | Message<'StockItemReorderPointReached', { readonly stockItemId: StockItemId; readonly locationId: LocationId; readonly name: string; readonly onHand: number; readonly reorderPoint: number; readonly par: number; readonly displayUnit: Unit }>;
