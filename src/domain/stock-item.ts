import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { LineId, LocationId, OrderId, StockItemId } from './ids.ts';
import type { Money } from './money.ts';
import { smallestUnitOf, type Quantity, type Unit } from './quantity.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';
import { requireExact, requireNotNegative, requirePositive } from './stock-quantity.ts';

/** What one order line took. `quantity` is in the item's smallest unit. */
export type StockUse = { readonly orderId: OrderId; readonly lineId: LineId; readonly recipeVersion: number; readonly quantity: number };

export type WasteReason = 'spoiled' | 'expired' | 'spilled' | 'burnt' | 'returned' | 'other';

type OfItem = { readonly stockItemId: StockItemId };
type Definition = OfItem & {
  readonly locationId: LocationId;
  readonly name: string;
  readonly displayUnit: Unit;
  readonly par: Quantity;
  readonly reorderPoint: Quantity;
};
type Delivery = { readonly cost: Money | null; readonly reference: string | null };
type Waste = { readonly reason: WasteReason; readonly note: string | null };

export type StockItemCommand =
  | Message<'DefineStockItem', Definition>
  | Message<'ReceiveStock', OfItem & Delivery & { readonly quantity: Quantity }>
  | Message<'ConsumeStock', OfItem & { readonly uses: readonly StockUse[] }>
  | Message<'WasteStock', OfItem & Waste & { readonly quantity: Quantity }>
  | Message<'CountStock', OfItem & { readonly counted: Quantity }>;

/** What is to be ordered anew, as it stood when the reorder point was reached. */
export type ReorderNeed = OfItem & {
  readonly locationId: LocationId;
  readonly name: string;
  readonly onHand: number;
  readonly reorderPoint: number;
  readonly par: number;
  readonly displayUnit: Unit;
};

/** Quantities in events are integers of the item's smallest unit. */
export type StockItemEvent =
  | Message<'StockItemDefined', Definition>
  | Message<'StockItemReceived', OfItem & Delivery & { readonly quantity: number }>
  | Message<'StockItemConsumed', OfItem & { readonly quantity: number; readonly uses: readonly StockUse[] }>
  | Message<'StockItemWasted', OfItem & Waste & { readonly quantity: number }>
  | Message<'StockItemCounted', OfItem & { readonly counted: number; readonly variance: number }>
  | Message<'StockItemReorderPointReached', ReorderNeed>;

type DefinedStockItem = {
  readonly status: 'defined';
  readonly locationId: LocationId;
  readonly definition: Definition;
  /** Below 0 where the kitchen used more than the books had. */
  readonly onHand: number;
  /** Said once; over when stock rises above the reorder point. */
  readonly reorderDue: boolean;
};

export type StockItem = { readonly status: 'unknown' } | DefinedStockItem;

const evolve = (item: StockItem, event: StockItemEvent): StockItem => {
  if (event.type === 'StockItemDefined')
    return { status: 'defined', locationId: event.data.locationId, definition: event.data, onHand: 0, reorderDue: false };
  return item.status === 'unknown' ? item : evolveDefined(item, event);
};

const evolveDefined = (item: DefinedStockItem, event: Exclude<StockItemEvent, { type: 'StockItemDefined' }>): DefinedStockItem => {
  switch (event.type) {
    case 'StockItemReceived':
      return withOnHand(item, item.onHand + event.data.quantity);
    case 'StockItemConsumed':
      return withOnHand(item, item.onHand - event.data.quantity);
    case 'StockItemWasted':
      return withOnHand(item, item.onHand - event.data.quantity);
    case 'StockItemCounted':
      return withOnHand(item, event.data.counted);
    case 'StockItemReorderPointReached':
      return { ...item, reorderDue: true };
    default:
      return impossible(event);
  }
};

const withOnHand = (item: DefinedStockItem, onHand: number): DefinedStockItem => ({
  ...item,
  onHand,
  reorderDue: item.reorderDue && onHand <= item.definition.reorderPoint.amount,
});

const decide = (item: StockItem, command: StockItemCommand): readonly StockItemEvent[] => {
  switch (command.type) {
    case 'DefineStockItem':
      return define(item, command.data);
    case 'ReceiveStock':
      return receive(item, command.data);
    case 'ConsumeStock':
      return consume(item, command.data);
    case 'WasteStock':
      return waste(item, command.data);
    case 'CountStock':
      return count(item, command.data);
    default:
      return impossible(command);
  }
};

export const stockItemDecider: Decider<StockItem, StockItemCommand, StockItemEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends StockItemCommand['type']> = (item: StockItem, data: DataOf<StockItemCommand, Type>) => readonly StockItemEvent[];

const define: Rule<'DefineStockItem'> = (item, data) => {
  if (item.status === 'defined' && same(item.definition, data)) return [];
  if (item.status === 'defined')
    throw new Rejection('stock-item-exists', 'Another stock item was defined under this id: give the new one an id of its own.');
  requireNotNegative(data.par, data.displayUnit);
  requireNotNegative(data.reorderPoint, data.displayUnit);
  if (data.reorderPoint.amount > data.par.amount)
    throw new Rejection('par-under-reorder-point', 'Give a par, the level to fill up to, no lower than the reorder point.');
  return [{ type: 'StockItemDefined', data }];
};

/** A delivery never leaves an item newly low, so it says nothing of reordering. */
const receive: Rule<'ReceiveStock'> = (item, { quantity, ...data }) => {
  const { definition, onHand } = requireDefined(item);
  requirePositive(quantity, definition.displayUnit);
  requireExact(onHand + quantity.amount);
  return [{ type: 'StockItemReceived', data: { ...data, quantity: quantity.amount } }];
};

/** Whether a use was consumed before is not known here: the command's idempotency key tells. */
const consume: Rule<'ConsumeStock'> = (item, { stockItemId, uses }) => {
  const defined = requireDefined(item);
  const unit = smallestUnitOf(defined.definition.displayUnit);
  for (const use of uses) requirePositive({ amount: use.quantity, unit }, unit);
  if (uses.length === 0) return [];
  const quantity = requireExact(uses.reduce((total, use) => total + use.quantity, 0));
  requireExact(defined.onHand - quantity);
  return withReorder(defined, { type: 'StockItemConsumed', data: { stockItemId, quantity, uses } });
};

const waste: Rule<'WasteStock'> = (item, { quantity, ...data }) => {
  const defined = requireDefined(item);
  requirePositive(quantity, defined.definition.displayUnit);
  requireExact(defined.onHand - quantity.amount);
  return withReorder(defined, { type: 'StockItemWasted', data: { ...data, quantity: quantity.amount } });
};

/** A count that finds what the books say is a fact all the same: somebody looked. */
const count: Rule<'CountStock'> = (item, { stockItemId, counted }) => {
  const defined = requireDefined(item);
  requireNotNegative(counted, defined.definition.displayUnit);
  const variance = requireExact(counted.amount - defined.onHand);
  return withReorder(defined, { type: 'StockItemCounted', data: { stockItemId, counted: counted.amount, variance } });
};

/** The event, and with it that the reorder point is reached, unless that was said and still holds. */
const withReorder = (item: DefinedStockItem, event: Exclude<StockItemEvent, { type: 'StockItemDefined' }>): readonly StockItemEvent[] => {
  const { onHand, reorderDue, definition } = evolveDefined(item, event);
  if (reorderDue || onHand > definition.reorderPoint.amount) return [event];
  const { stockItemId, locationId, name, displayUnit, reorderPoint, par } = definition;
  const need = { stockItemId, locationId, name, onHand, reorderPoint: reorderPoint.amount, par: par.amount, displayUnit };
  return [event, { type: 'StockItemReorderPointReached', data: need }];
};

const requireDefined = (item: StockItem): DefinedStockItem => {
  if (item.status === 'unknown') throw new Rejection('stock-item-unknown', 'There is no such stock item: define it first.');
  return item;
};
