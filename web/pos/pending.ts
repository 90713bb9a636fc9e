import type { Order } from '../../src/queries/orders.ts';
import { orderOf, type Action } from './actions.ts';
import type { Entry } from './outbox.ts';
import type { Answered } from './outbox-runner.ts';

const waiting = (entries: readonly Entry[]): readonly Action[] =>
  entries.filter(({ refusal }) => refusal === null).map(({ action }) => action);

/** The actions on an order that the server's order, as last read, does not show. */
export const pendingOn = (
  orderId: string,
  order: Order | null,
  entries: readonly Entry[],
  answered: readonly Answered[],
): readonly Action[] =>
  [
    ...answered.filter(({ answer }) => answer.revision > (order?.revision ?? 0)).map(({ entry }) => entry.action),
    ...waiting(entries),
  ].filter((action) => orderOf(action) === orderId);

/** The actions that rows as of a log position do not show. */
export const pendingAfter = (position: number, entries: readonly Entry[], answered: readonly Answered[]): readonly Action[] => [
  ...answered.filter(({ answer }) => answer.position > position).map(({ entry }) => entry.action),
  ...waiting(entries),
];
