import { jsonOf, problemOf } from './answers.ts';
import { SignedOut, Unreachable } from './failures.ts';
import { store, type Store } from './store.ts';

export type Tokens = { readonly access: string; readonly refresh: string };
export type Vault = { readonly read: () => Tokens | null; readonly write: (tokens: Tokens | null) => void };
export type Send = (path: string, init: { method: string; headers: Readonly<Record<string, string>>; body?: string }) => Promise<Response>;

export type Session = {
  /** Null: nobody is signed in. */
  readonly tokens: Store<Tokens | null>;
  /** Rejects with `Refused` when the server does not let this person in. */
  readonly login: (email: string, password: string) => Promise<void>;
  readonly logout: () => Promise<void>;
  /** Sends with the access token, renewed once when it has run out. */
  readonly send: Send;
};

type TokenAnswer = { readonly access_token: string; readonly refresh_token: string };

const JSON_TYPE = { 'content-type': 'application/json' };

export const session = (send: Send, vault: Vault): Session => {
  const tokens = store(vault.read());
  tokens.watch(vault.write);
  let renewing: Promise<Tokens> | null = null;

  const keep = async (response: Response): Promise<Tokens> => {
    const answer = await jsonOf<TokenAnswer>(response);
    const kept = { access: answer.access_token, refresh: answer.refresh_token };
    tokens.set(kept);
    return kept;
  };

  const renew = async (refresh: string): Promise<Tokens> => {
    const response = await send('/api/v1/auth/refresh', {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ refresh_token: refresh }),
    });
    if (response.ok) return keep(response);
    if (response.status >= 500 || response.status === 429) throw new Unreachable('The login cannot be renewed right now.');
    tokens.set(null);
    throw new SignedOut();
  };

  /** Many requests may find the token run out at once; the refresh token works only once. */
  const renewed = (refresh: string): Promise<Tokens> => {
    renewing ??= renew(refresh).finally(() => {
      renewing = null;
    });
    return renewing;
  };

  const withToken = (access: string, headers: Readonly<Record<string, string>>) => ({ ...headers, authorization: `Bearer ${access}` });

  return {
    tokens,
    login: async (email, password) => {
      const response = await send('/api/v1/auth/login', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ email, password }) });
      if (!response.ok) throw await problemOf(response);
      await keep(response);
    },
    logout: async () => {
      const held = tokens.get();
      tokens.set(null);
      if (held === null) return;
      const headers = withToken(held.access, JSON_TYPE);
      await send('/api/v1/auth/logout', { method: 'POST', headers, body: JSON.stringify({ refresh_token: held.refresh }) });
    },
    send: async (path, init) => {
      const held = tokens.get();
      if (held === null) throw new SignedOut();
      const response = await send(path, { ...init, headers: withToken(held.access, init.headers) });
      if (response.status !== 401) return response;
      const now = tokens.get();
      const fresh = now !== null && now.access !== held.access ? now : await renewed(held.refresh);
      return send(path, { ...init, headers: withToken(fresh.access, init.headers) });
    },
  };
};
