import type { Message } from './decider.ts';
import type { AlertId, LocationId, StockItemId, UserId } from './ids.ts';
import type { Unit } from './quantity.ts';

/** Quantities are integers of the stock item's smallest unit. */
type ReorderAlert = {
  readonly alertId: AlertId;
  readonly locationId: LocationId;
  readonly kind: 'reorder';
  readonly stockItemId: StockItemId;
  readonly name: string;
  readonly onHand: number;
  readonly reorderPoint: number;
  readonly par: number;
  readonly displayUnit: Unit;
};

export type AlertCommand =
  | Message<'RaiseAlert', ReorderAlert>
  | Message<'AcknowledgeAlert', { readonly alertId: AlertId; readonly acknowledgedBy: UserId }>;

export type AlertEvent =
  | Message<'AlertRaised', ReorderAlert>
  | Message<'AlertAcknowledged', { readonly alertId: AlertId; readonly acknowledgedBy: UserId }>;
