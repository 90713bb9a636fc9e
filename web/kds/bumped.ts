import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';

/** A ticket that left the board, newest first in a list of them. `at` in milliseconds. */
export type Bumped = { readonly ticket: KitchenTicket; readonly at: number };

const REMEMBERED = 20;

/** The list after tickets left the board, or came back to it. */
export const remembered = (
  list: readonly Bumped[],
  gone: readonly KitchenTicket[],
  onBoard: ReadonlyMap<string, KitchenTicket>,
  at: number,
): readonly Bumped[] => {
  const fresh = gone.map((ticket) => ({ ticket, at }));
  const names = new Set(gone.map((ticket) => ticket.ticketId));
  const older = list.filter(({ ticket }) => !names.has(ticket.ticketId) && !onBoard.has(ticket.ticketId));
  return [...fresh, ...older].slice(0, REMEMBERED);
};
