import type { BatchCommand } from '../api.ts';
import { idFrom, slugFrom } from '../name-id.ts';
import type { MenuRow, SoldOrder } from './read-files.ts';

/** A command and when it is due, in epoch ms of the restaurant's own time. */
export type Step = { readonly at: number; readonly command: BatchCommand };
export type Plan = {
  readonly orderId: string;
  readonly reference: string;
  readonly steps: readonly Step[];
  readonly lines: number;
  readonly gross: number;
};

/** What the files don't tell, the same for every order. */
const SECONDS = { sent: 30, started: 90, bumped: 600, paid: 2400, closed: 2430 };

export const menuItemIdFor = (locationId: string, menuItemId: string): string => idFrom('menu-item', locationId, menuItemId);
export const stockItemIdFor = (locationId: string, menuItemId: string): string => idFrom('portions', locationId, menuItemId);
export const stationOf = (item: MenuRow): string => slugFrom(item.category);

/** One order's life as commands: opened with its lines at its own time, sent, cooked, bumped, paid, closed. */
export const planOf = (order: SoldOrder, at: number, locationId: string, currency: string, menu: ReadonlyMap<string, MenuRow>): Plan => {
  const orderId = idFrom('order', locationId, order.orderId, at);
  const items = order.lines.map((line) => menu.get(line.menuItemId)).filter((item) => item !== undefined);
  const gross = items.reduce((sum, item) => sum + item.price, 0);
  const lines = order.lines.map((line) => ({
    lineId: idFrom('line', orderId, line.detailId),
    menuItemId: menuItemIdFor(locationId, line.menuItemId),
    quantity: 1,
  }));
  const tickets = [...new Set(items.map(stationOf))].map((_station, index) => `${orderId}.${index + 1}`);
  const step = (seconds: number, type: string, data: BatchCommand['data'], suffix = ''): Step => {
    const due = at + seconds * 1000;
    return {
      at: due,
      command: { type, key: `import:${orderId}:${type}${suffix}`, data: { ...data }, occurredAt: new Date(due).toISOString() },
    };
  };
  const amount = { amount: gross, currency };
  return {
    orderId,
    reference: order.orderId,
    lines: lines.length,
    gross,
    steps: [
      step(0, 'OpenOrder', { orderId, locationId, orderType: 'dine-in', reference: order.orderId }),
      step(0, 'AddOrderLines', { orderId, lines }),
      step(SECONDS.sent, 'SendOrder', { orderId }),
      ...tickets.map((ticketId, index) => step(SECONDS.started, 'StartTicket', { ticketId }, `:${index}`)),
      ...tickets.map((ticketId, index) => step(SECONDS.bumped, 'BumpTicket', { ticketId }, `:${index}`)),
      ...(gross > 0 ? [step(SECONDS.paid, 'TenderOrder', { orderId, tenderId: idFrom('tender', orderId), kind: 'cash', amount })] : []),
      step(SECONDS.closed, 'CloseOrder', { orderId }),
    ],
  };
};
