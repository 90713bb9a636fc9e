import type { Command } from '../shared/api.ts';
import { impossible } from '../shared/impossible.ts';
import { tableTitle } from '../shared/table-name.ts';

export type Wishes = { readonly quantity?: number; readonly seat?: number | null; readonly note?: string | null };
export type Payment = {
  readonly tenderId: string;
  readonly kind: 'cash' | 'card';
  /** Minor units, like `tip`, which comes on top. */
  readonly amount: number;
  readonly tip: number;
  readonly currency: string;
  readonly lastFour: string | null;
};

type OfOrder = { readonly orderId: string };
type OfLine = OfOrder & { readonly lineId: string; readonly name: string };
type OfTable = { readonly tableId: string; readonly tableName: string };

export type NewOrder = OfOrder & {
  readonly type: 'open-order';
  readonly locationId: string;
  readonly currency: string;
  readonly table: OfTable | null;
  readonly covers: number | null;
  readonly server: string;
};
/** `price` in minor units as the menu shows it: what the guest pays is fixed by the server. */
export type NewLine = OfLine & {
  readonly type: 'add-line';
  readonly menuItemId: string;
  readonly quantity: number;
  readonly seat: number | null;
  readonly price: number;
};

/** What a waiter does, one tap each. Ids are made here, so that nothing has to wait for an answer. */
export type Action =
  | (OfTable & { readonly type: 'seat-table'; readonly covers: number })
  | NewOrder
  | NewLine
  | (OfLine & { readonly type: 'change-line'; readonly wishes: Wishes })
  | (OfLine & { readonly type: 'remove-line' })
  | (OfLine & { readonly type: 'void-line'; readonly reason: string })
  | (OfOrder & { readonly type: 'send' })
  | (OfOrder & { readonly type: 'tender'; readonly payment: Payment })
  | (OfOrder & { readonly type: 'close' })
  | (OfOrder & { readonly type: 'cancel'; readonly reason: string })
  | (OfTable & { readonly type: 'release-table' });

export type Request = Omit<Command, 'key'>;

const post = (path: string, body: Command['body'] = {}): Request => ({ method: 'POST', path, body });

export const requestOf = (action: Action): Request => {
  switch (action.type) {
    case 'seat-table':
      return post(`/tables/${action.tableId}/seat`, { covers: action.covers });
    case 'open-order':
      return post('/orders', opening(action));
    case 'add-line': {
      const { lineId, menuItemId, quantity, seat } = action;
      return post(`/orders/${action.orderId}/lines`, { lines: [{ lineId, menuItemId, quantity, seat }] });
    }
    case 'change-line':
      return { method: 'PUT', path: linePath(action), body: { ...action.wishes } };
    case 'remove-line':
      return { method: 'DELETE', path: linePath(action), body: {} };
    case 'void-line':
      return post(`${linePath(action)}/void`, { reason: action.reason });
    case 'send':
      return post(`/orders/${action.orderId}/send`);
    case 'tender':
      return post(`/orders/${action.orderId}/tenders`, tendering(action.payment));
    case 'close':
      return post(`/orders/${action.orderId}/close`);
    case 'cancel':
      return post(`/orders/${action.orderId}/cancel`, { reason: action.reason });
    case 'release-table':
      return post(`/tables/${action.tableId}/release`);
    default:
      return impossible(action);
  }
};

const linePath = ({ orderId, lineId }: OfLine): string => `/orders/${orderId}/lines/${lineId}`;

const opening = ({ orderId, locationId, table, covers, server }: NewOrder): Command['body'] => ({
  orderId,
  locationId,
  orderType: table === null ? 'takeaway' : 'dine-in',
  server,
  ...(table === null ? {} : { tableId: table.tableId }),
  ...(covers === null ? {} : { covers }),
});

const tendering = ({ tenderId, kind, amount, tip, currency, lastFour }: Payment): Command['body'] => ({
  tenderId,
  kind,
  amount: { amount, currency },
  ...(tip === 0 ? {} : { tip: { amount: tip, currency } }),
  ...(lastFour === null ? {} : { lastFour }),
});

/** The action in a waiter's words, to say what waits and what was refused. */
export const wordsOf = (action: Action): string => {
  switch (action.type) {
    case 'seat-table':
      return `Seat ${action.covers} at ${tableTitle(action.tableName)}`;
    case 'open-order':
      return action.table === null ? 'Open a takeaway order' : `Open an order at ${tableTitle(action.table.tableName)}`;
    case 'add-line':
      return `Add ${action.quantity} ${action.name}`;
    case 'change-line':
      return `Change ${action.name}`;
    case 'remove-line':
      return `Remove ${action.name}`;
    case 'void-line':
      return `Void ${action.name}`;
    case 'send':
      return 'Send to the kitchen';
    case 'tender':
      return `Take the ${action.payment.kind} payment`;
    case 'close':
      return 'Close the order';
    case 'cancel':
      return 'Cancel the order';
    case 'release-table':
      return `Release ${tableTitle(action.tableName)}`;
    default:
      return impossible(action);
  }
};

export const orderOf = (action: Action): string | null => ('orderId' in action ? action.orderId : null);
