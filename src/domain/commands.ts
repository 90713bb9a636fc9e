import type { AlertCommand } from './alert.ts';
import type { LocationCommand } from './location.ts';
import type { MenuCommand } from './menu.ts';
import type { MenuItemCommand } from './menu-item.ts';
import type { OrderCommand } from './order.ts';
import type { ShiftCommand } from './shift.ts';
import type { StockItemCommand } from './stock-item.ts';
import type { SubjectCommand } from './subject.ts';
import type { TableCommand } from './table.ts';

/** Every command of every aggregate. */
export type DomainCommand =
  | OrderCommand
  | StockItemCommand
  | TableCommand
  | ShiftCommand
  | MenuCommand
  | MenuItemCommand
  | LocationCommand
  | AlertCommand
  | SubjectCommand;
