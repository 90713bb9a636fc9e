import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';

/**
 * Where tickets stand, first to last. Known ones keep their order, gone ones leave, new ones always go last
 * (among themselves the oldest first), so that no ticket jumps in between under a cook's finger.
 */
export const arranged = (before: readonly string[], tickets: ReadonlyMap<string, KitchenTicket>): readonly string[] => {
  const kept = before.filter((ticketId) => tickets.has(ticketId));
  const known = new Set(kept);
  const fresh = [...tickets.values()].filter((ticket) => !known.has(ticket.ticketId)).toSorted(byFiring);
  return [...kept, ...fresh.map((ticket) => ticket.ticketId)];
};

const byFiring = (one: KitchenTicket, other: KitchenTicket): number =>
  one.firedAt.localeCompare(other.firedAt) || one.ticketId.localeCompare(other.ticketId);

/** Tickets that were there before and now stand elsewhere. */
export const shifted = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((ticketId, index) => before.includes(ticketId) && before[index] !== ticketId);
