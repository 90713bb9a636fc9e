import type { Order } from '../../src/queries/orders.ts';
import { impossible } from '../shared/impossible.ts';
import { orderOf, type Action, type NewLine, type NewOrder, type Wishes } from './actions.ts';

/** `pending`: a wish of this terminal that the server's order does not show yet. */
export type ViewLine = Pick<
  Order['lines'][number],
  'lineId' | 'menuItemId' | 'name' | 'quantity' | 'seat' | 'note' | 'status' | 'voidReason'
> & {
  /** Of one portion, in minor units. */
  readonly price: number;
  readonly pending: boolean;
};

/** An order as the waiter is to see it. Sums in minor units of `currency`. */
export type OrderView = {
  readonly orderId: string;
  readonly reference: string;
  readonly tableId: string | null;
  readonly tableName: string | null;
  readonly covers: number | null;
  readonly server: string | null;
  readonly currency: string;
  readonly status: 'open' | 'closed' | 'cancelled';
  readonly lines: readonly ViewLine[];
  readonly tenders: readonly string[];
  readonly total: number;
  readonly paid: number;
  readonly balance: number;
};

/** The server's order with the actions on it that it does not show yet; null where there is neither. */
export const orderView = (order: Order | null, actions: readonly Action[]): OrderView | null => {
  const opening = actions.find((action) => action.type === 'open-order');
  const start = order !== null ? fromServer(order) : opening !== undefined ? fromOpening(opening) : null;
  return start === null ? null : withSums(actions.filter((action) => orderOf(action) === start.orderId).reduce(withAction, start));
};

const fromServer = ({ tenders, lines, total, paid, balance, ...order }: Order): OrderView => ({
  ...order,
  lines: lines.map((line) => ({ ...line, price: line.price.amount, pending: false })),
  tenders: tenders.map(({ tenderId }) => tenderId),
  total: total.amount,
  paid: paid.amount,
  balance: balance.amount,
});

const fromOpening = ({ orderId, table, covers, server, currency }: NewOrder): OrderView => ({
  orderId,
  reference: orderId.slice(-4).toUpperCase(),
  tableId: table?.tableId ?? null,
  tableName: table?.tableName ?? null,
  covers,
  server,
  currency,
  status: 'open',
  lines: [],
  tenders: [],
  total: 0,
  paid: 0,
  balance: 0,
});

const withAction = (view: OrderView, action: Action): OrderView => {
  switch (action.type) {
    case 'add-line':
      return view.lines.some(({ lineId }) => lineId === action.lineId) ? view : { ...view, lines: [...view.lines, added(action)] };
    case 'change-line':
      return withLine(view, action.lineId, (line) => changed(line, action.wishes));
    case 'remove-line':
      return { ...view, lines: view.lines.filter(({ lineId }) => lineId !== action.lineId) };
    case 'void-line':
      return withLine(view, action.lineId, (line) => ({ ...line, status: 'voided', voidReason: action.reason, pending: true }));
    case 'send':
      return { ...view, lines: view.lines.map((line) => (line.status === 'waiting' ? { ...line, status: 'fired', pending: true } : line)) };
    case 'tender': {
      const { tenderId, amount } = action.payment;
      return view.tenders.includes(tenderId) ? view : { ...view, tenders: [...view.tenders, tenderId], paid: view.paid + amount };
    }
    case 'close':
      return { ...view, status: 'closed' };
    case 'cancel':
      return { ...view, status: 'cancelled' };
    case 'open-order':
    case 'seat-table':
    case 'release-table':
      return view;
    default:
      return impossible(action);
  }
};

const added = ({ lineId, menuItemId, name, quantity, price, seat }: NewLine): ViewLine => ({
  lineId,
  menuItemId,
  name,
  quantity,
  price,
  seat,
  note: null,
  status: 'waiting',
  voidReason: null,
  pending: true,
});

const changed = (line: ViewLine, wishes: Wishes): ViewLine => ({ ...line, ...wishes, pending: true });

const withLine = (view: OrderView, lineId: string, to: (line: ViewLine) => ViewLine): OrderView => ({
  ...view,
  lines: view.lines.map((line) => (line.lineId === lineId ? to(line) : line)),
});

const withSums = (view: OrderView): OrderView => {
  const total = view.lines.reduce((sum, { status, price, quantity }) => (status === 'voided' ? sum : sum + price * quantity), 0);
  return { ...view, total, balance: total - view.paid };
};

export const unsent = ({ lines }: OrderView): readonly ViewLine[] => lines.filter(({ status }) => status === 'waiting');

/** The line that one more portion of the same goes onto: the last, while nothing sets it apart. */
export const lineForMore = ({ lines }: OrderView, menuItemId: string, seat: number | null): ViewLine | null => {
  const last = lines.at(-1);
  return last?.menuItemId === menuItemId && last.status === 'waiting' && last.seat === seat && last.note === null ? last : null;
};
