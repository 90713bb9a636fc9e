import type { Reply } from '../support/server.ts';
import type { Room } from './room.ts';

/** One try to get what one may not have. Answers what it got, or null where it got nothing. */
export type Attack = { readonly name: string; readonly run: (room: Room) => Promise<string | null> };

/** Attacks of one kind. `attacks` are known before anything runs, so that they can be counted. */
export type Area = { readonly name: string; readonly attacks: readonly Attack[] };

export const attack = (name: string, run: Attack['run']): Attack => ({ name, run });

const shown = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 200);

/** Null where the answer is a refusal with one of the statuses. */
export const unlessRefused = ({ status, body }: Pick<Reply<unknown>, 'status' | 'body'>, ...statuses: readonly number[]): string | null =>
  statuses.includes(status) ? null : `${status} ${shown(body)}`;

/** Null where the answer is any refusal that is not our failure. */
export const unlessRefusedSomehow = ({ status, body }: Pick<Reply<unknown>, 'status' | 'body'>): string | null =>
  status >= 400 && status < 500 ? null : `${status} ${shown(body)}`;

/** Null where nothing was said of what must not be known. */
export const unlessTold = (body: unknown, secrets: readonly string[]): string | null => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const told = secrets.find((secret) => text.includes(secret));
  return told === undefined ? null : `told ${told} in ${text.slice(0, 200)}`;
};
