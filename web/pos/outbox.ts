import type { Command } from '../shared/api.ts';
import { orderOf, requestOf, wordsOf, type Action } from './actions.ts';

/** An action on its way. It keeps its key until it is answered, so that it happens once however often it is sent. */
export type Entry = {
  /** UUIDv7: entries sort by the time they were made. */
  readonly key: string;
  /** Who did it; nobody else sends it in his own name. */
  readonly userId: string;
  /** When it happened, on the server's clock; null where it could be sent at once. */
  readonly occurredAt: string | null;
  /** The key of the entry without which this one makes no sense. */
  readonly needs: string | null;
  readonly action: Action;
  /** Why the server did not accept it; kept until a person has seen it. */
  readonly refusal: string | null;
};

export const commandOf = ({ key, occurredAt, action }: Entry): Command => {
  const request = requestOf(action);
  return { key, ...request, body: occurredAt === null ? request.body : { ...request.body, occurredAt } };
};

/** What is to be sent next: strictly in the order in which it was done. */
export const head = (entries: readonly Entry[], userId: string): Entry | null =>
  entries.find((entry) => entry.refusal === null && entry.userId === userId) ?? null;

/** Without its order, nothing on it can happen. */
export const needOf = (entries: readonly Entry[], action: Action): string | null => {
  const orderId = orderOf(action);
  const opening = entries.find((entry) => entry.action.type === 'open-order' && orderId !== null && orderOf(entry.action) === orderId);
  return opening?.key ?? null;
};

/** The entries that change when one is refused: itself, and whatever needs it. */
export const refusedWith = (entries: readonly Entry[], key: string, refusal: string): readonly Entry[] => {
  const refused = entries.find((entry) => entry.key === key);
  if (refused === undefined) return [];
  const dependent = entries.filter((entry) => entry.needs === key && entry.refusal === null);
  const because = `Not sent, because “${wordsOf(refused.action)}” was not accepted.`;
  return [{ ...refused, refusal }, ...dependent.flatMap((entry) => refusedWith(entries, entry.key, because))];
};

export const waitingFor = (entries: readonly Entry[], userId: string): readonly Entry[] =>
  entries.filter((entry) => entry.refusal === null && entry.userId === userId);
