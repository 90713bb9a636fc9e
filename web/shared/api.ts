import { jsonOf, problemOf } from './answers.ts';
import type { CommandAnswer } from './contract.ts';
import { Unreachable } from './failures.ts';
import type { Session } from './session.ts';

/** One thing a person did. `key` stays the same however often it is sent, so that it happens once. */
export type Command = {
  readonly key: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: { readonly [field: string]: unknown };
};

/** All reject with `Refused`, `Unreachable` or `SignedOut`. */
export type Api = {
  readonly query: <Answer>(path: string) => Promise<Answer>;
  readonly command: (command: Command) => Promise<CommandAnswer>;
  /** A single-use pass to the live stream. */
  readonly liveTicket: () => Promise<string>;
};

const API = '/api/v1';

export const api = (send: Session['send']): Api => {
  const answer = async <Answer>(path: string, init: Parameters<Session['send']>[1]): Promise<Answer> => {
    const response = await send(`${API}${path}`, init);
    if (!response.ok) throw await problemOf(response);
    return jsonOf<Answer>(response);
  };
  const json = { 'content-type': 'application/json' };
  return {
    query: (path) => answer(path, { method: 'GET', headers: {} }),
    command: ({ key, method, path, body }) => {
      const bare = method === 'DELETE' && Object.keys(body).length === 0;
      return answer(path, { method, headers: { ...json, 'idempotency-key': key }, ...(bare ? {} : { body: JSON.stringify(body) }) });
    },
    liveTicket: async () => {
      const { ticket } = await answer<{ readonly ticket: string }>('/live/tickets', { method: 'POST', headers: json, body: '{}' });
      return ticket;
    },
  };
};

/** Sends again and again, with the same key, until the server has said yes or no. `pause` waits after the given attempt. */
export const untilAnswered = async (
  send: (command: Command) => Promise<CommandAnswer>,
  command: Command,
  pause: (attempt: number, retryAfterSeconds: number | null) => Promise<void>,
): Promise<CommandAnswer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(command);
    } catch (failure) {
      if (!(failure instanceof Unreachable)) throw failure;
      await pause(attempt, failure.retryAfterSeconds);
    }
  }
};
