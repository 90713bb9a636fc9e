import type { OrderLine } from '../domain/order.ts';
import { change, existing, none, projection } from './projection.ts';

/** One line that was ordered and neither removed nor voided. It is a sale once its order is closed. */
export type SalesLine = {
  readonly lineId: string;
  readonly orderId: string;
  readonly locationId: string;
  readonly menuItemId: string;
  readonly name: string;
  readonly categoryId: string;
  readonly categoryName: string;
  readonly quantity: number;
  /** Minor units: of one portion, and of the line. */
  readonly price: number;
  readonly gross: number;
  readonly currency: string;
  readonly orderedAt: string;
  readonly closedAt: string | null;
};

type Ordered = { readonly orderId: string; readonly locationId: string | null; readonly at: string };

const ordered = (line: OrderLine, { orderId, locationId, at }: Ordered): SalesLine => {
  if (locationId === null) throw new Error(`OrderLinesAdded of order ${orderId} names no location in its metadata`);
  return {
    lineId: line.lineId,
    orderId,
    locationId,
    menuItemId: line.menuItemId,
    name: line.name,
    categoryId: line.categoryId,
    categoryName: line.categoryName,
    quantity: line.quantity,
    price: line.price.amount,
    gross: line.price.amount * line.quantity,
    currency: line.price.currency,
    orderedAt: at,
    closedAt: null,
  };
};

const removed = (lineId: string) => change<SalesLine>(lineId, () => none);

export const salesLines = projection<SalesLine>({
  name: 'sales_lines',
  version: 1,
  key: 'lineId',
  columns: {
    lineId: 'text',
    orderId: 'text',
    locationId: 'text',
    menuItemId: 'text',
    name: 'text',
    categoryId: 'text',
    categoryName: 'text',
    quantity: 'integer',
    price: 'integer',
    gross: 'integer',
    currency: 'text',
    orderedAt: 'time',
    closedAt: 'time?',
  },
  indexes: [['locationId', 'orderedAt'], ['orderedAt']],
  live: false,
  shared: false,
  on: {
    OrderLinesAdded: ({ data: { orderId, lines }, locationId, at }) =>
      lines.map((line) => change(line.lineId, () => ordered(line, { orderId, locationId, at }))),
    OrderLineChanged: ({ data: { lineId, quantity } }) => [
      existing(lineId, (line) => ({ ...line, quantity, gross: line.price * quantity })),
    ],
    OrderLineRemoved: ({ data }) => [removed(data.lineId)],
    OrderLineVoided: ({ data }) => [removed(data.line.lineId)],
    OrderClosed: ({ data, at }) => data.lineIds.map((lineId) => existing(lineId, (line) => ({ ...line, closedAt: at }))),
    OrderCancelled: ({ data }) => data.lineIds.map(removed),
  },
});
