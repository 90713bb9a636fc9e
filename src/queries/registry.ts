import { alerts } from './alerts.ts';
import { allDay } from './all-day.ts';
import { auditEvents } from './audit-trail.ts';
import { kitchenBoard } from './kitchen-board.ts';
import { locations } from './locations.ts';
import { menu } from './menu.ts';
import { order, orders } from './orders.ts';
import type { QueryDefinition } from './query.ts';
import { salesReport } from './sales.ts';
import { shifts } from './shift-roster.ts';
import { stockItem, stockItems } from './stock-levels.ts';
import { tables } from './table-map.ts';

/** Every question that can be asked. */
export const queries: readonly QueryDefinition[] = [
  orders,
  order,
  kitchenBoard,
  allDay,
  stockItems,
  stockItem,
  tables,
  shifts,
  locations,
  menu,
  alerts,
  salesReport,
  auditEvents,
];
