import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { tableTitle } from '../shared/table-name.ts';

/** Where the food goes, as people call it across the pass. */
export const place = ({ orderType, tableName }: KitchenTicket): string => {
  if (tableName !== null) return tableTitle(tableName);
  return orderType.charAt(0).toUpperCase() + orderType.slice(1);
};

export const title = (ticket: KitchenTicket): string => `Ticket ${ticket.reference}, ${place(ticket)}`;

export type TicketState = {
  readonly kind: 'new' | 'cooking' | 'ready' | 'cancelled';
  readonly words: string;
  readonly mayStart: boolean;
  /** Nothing on it is to be cooked any more: it is bumped to clear it away. */
  readonly gone: boolean;
};

export const stateOf = ({ status, cancelled }: KitchenTicket): TicketState => {
  if (cancelled) return { kind: 'cancelled', words: 'CANCELLED', mayStart: false, gone: true };
  if (status === 'fired') return { kind: 'new', words: 'New', mayStart: true, gone: false };
  if (status === 'started') return { kind: 'cooking', words: 'Cooking', mayStart: false, gone: false };
  return { kind: 'ready', words: 'Ready', mayStart: false, gone: false };
};
