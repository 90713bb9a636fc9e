import { alerts } from './alerts.ts';
import { allDay } from './all-day.ts';
import { auditTrail } from './audit-trail.ts';
import { kitchenBoard } from './kitchen-board.ts';
import { locations } from './locations.ts';
import { menuCategories, menuItems, menuStations } from './menu.ts';
import { orders } from './orders.ts';
import type { Projection } from './projection.ts';
import { salesLines } from './sales-lines.ts';
import { shiftRoster } from './shift-roster.ts';
import { stockLevels } from './stock-levels.ts';
import { tableMap } from './table-map.ts';

/** The read models of a log kept in PostgreSQL. */
export const projections: readonly Projection[] = [
  locations,
  menuStations,
  menuCategories,
  menuItems,
  orders,
  kitchenBoard,
  allDay,
  tableMap,
  stockLevels,
  alerts,
  shiftRoster,
  salesLines,
];

/** The read models of a log kept elsewhere: the audit trail too is brought into PostgreSQL, where analysts are. */
export const projectionsOfForeignLog: readonly Projection[] = [...projections, auditTrail];
