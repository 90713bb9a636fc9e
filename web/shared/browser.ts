import { api, type Api } from './api.ts';
import { backoff } from './backoff.ts';
import { Unreachable } from './failures.ts';
import { liveClient, type LiveClient } from './live-client.ts';
import { session, type Send, type Session, type Tokens, type Vault } from './session.ts';

const ANSWER_MS = 12_000;
const TOKENS = 'brigade.tokens';

const send: Send = async (path, init) => {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (failure) {
    throw new Unreachable(
      failure instanceof Error && failure.name === 'TimeoutError' ? 'The server does not answer.' : 'No connection to the server.',
    );
  }
};

const vault: Vault = {
  read: () => {
    const kept = sessionStorage.getItem(TOKENS);
    return kept === null ? null : (JSON.parse(kept) as Tokens);
  },
  write: (tokens) => (tokens === null ? sessionStorage.removeItem(TOKENS) : sessionStorage.setItem(TOKENS, JSON.stringify(tokens))),
};

export const browserSession = (): Session => session(send, vault);
export const browserApi = (signedIn: Session): Api => api(signedIn.send);

const liveUrl = (): string => `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/api/v1/live`;

const after = (milliseconds: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/** Waits longer after each attempt, but no longer than it takes the device to find its network again. */
export const pause = (attempt: number, retryAfterSeconds: number | null): Promise<void> =>
  new Promise((resume) => {
    const wait = Math.max(backoff(attempt, Math.random()), (retryAfterSeconds ?? 0) * 1000);
    const go = (): void => {
      callOff();
      removeEventListener('online', go);
      resume();
    };
    const callOff = after(wait, go);
    addEventListener('online', go);
  });

export const browserLive = (server: Api): LiveClient => {
  const client = liveClient({
    now: () => Date.now(),
    random: () => Math.random(),
    after,
    ticket: server.liveTicket,
    open: (events) => {
      const socket = new WebSocket(liveUrl());
      socket.addEventListener('open', events.opened);
      socket.addEventListener('message', ({ data }) => events.message(String(data)));
      socket.addEventListener('close', ({ reason }) => events.closed(reason === '' ? null : reason));
      return { send: (text) => socket.send(text), close: () => socket.close() };
    },
  });
  addEventListener('online', client.hurry);
  addEventListener('visibilitychange', client.hurry);
  return client;
};
