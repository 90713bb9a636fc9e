import type { AccountEvent, RoleEvent } from './account.ts';
import type { AlertEvent } from './alert.ts';
import type { LocationEvent } from './location.ts';
import type { MenuEvent } from './menu.ts';
import type { MenuItemEvent } from './menu-item.ts';
import type { OrderEvent } from './order.ts';
import type { ShiftEvent } from './shift.ts';
import type { StockItemEvent } from './stock-item.ts';
import type { SubjectEvent } from './subject.ts';
import type { TableEvent } from './table.ts';

/** Every event of every aggregate. */
export type DomainEvent =
  | OrderEvent
  | StockItemEvent
  | TableEvent
  | ShiftEvent
  | MenuEvent
  | MenuItemEvent
  | LocationEvent
  | AlertEvent
  | SubjectEvent
  | AccountEvent
  | RoleEvent;
