import { setTimeout as pause } from 'node:timers/promises';

export type Login = { readonly url: string; readonly email: string; readonly password: string };

/** A command for the batch door; `key` makes sending it again harmless. */
export type BatchCommand = {
  readonly type: string;
  readonly key: string;
  readonly data: { readonly [name: string]: unknown };
  readonly occurredAt?: string;
};
export type BatchOutcome = {
  readonly key: string;
  readonly status: number;
  readonly body: { readonly code?: string; readonly detail?: string; readonly position?: number };
};

export type Api = {
  readonly get: <T>(path: string, minPosition?: number) => Promise<T>;
  readonly send: <T>(method: 'POST' | 'PUT', path: string, body: object, key: string) => Promise<T>;
  readonly batch: (commands: readonly BatchCommand[]) => Promise<readonly BatchOutcome[]>;
};

/** What the server refused; `code` is its stable reason. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(`${detail} (${code})`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }
}

type Tokens = { readonly access_token: string; readonly refresh_token: string };

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/** A server that is away, or says to come back, is asked again with the same keys for up to `patienceMs`. */
export const connect = async (
  { url, email, password }: Login,
  { patienceMs = 120_000, signal }: { readonly patienceMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Api> => {
  const base = new URL('/api/v1/', url).href;

  const exchange = async (path: string, init: RequestInit): Promise<Response> => {
    const deadline = Date.now() + patienceMs;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const answer = await fetch(base + path.replace(/^\//, ''), { ...init, signal: signal ?? null }).catch((error: unknown) => {
        if (signal?.aborted === true || Date.now() > deadline)
          throw new Error(`${url} does not answer: is the server running?`, { cause: error });
        return null;
      });
      if (answer !== null && (answer.status !== 503 || Date.now() > deadline)) return answer;
      await pause(wait, undefined, signal === undefined ? {} : { signal });
    }
  };

  const login = async (): Promise<Tokens> => {
    const answer = await exchange('auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    return read<Tokens>(answer);
  };

  let tokens = await login();
  let renewal: Promise<Tokens> | null = null;

  const ask = async <T>(method: string, path: string, headers: { readonly [name: string]: string }, body?: object): Promise<T> => {
    const init = (): RequestInit => ({
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${tokens.access_token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await exchange(path, init());
    if (answer.status !== 401) return read<T>(answer);
    renewal ??= login().finally(() => (renewal = null));
    tokens = await renewal;
    return read<T>(await exchange(path, init()));
  };

  return {
    get: (path, minPosition) => ask('GET', path, minPosition === undefined ? {} : { 'min-position': String(minPosition) }),
    send: (method, path, body, key) => ask(method, path, { 'idempotency-key': key }, body),
    batch: async (commands) => (await ask<{ readonly outcomes: readonly BatchOutcome[] }>('POST', 'commands', {}, { commands })).outcomes,
  };
};

const read = async <T>(answer: Response): Promise<T> => {
  const body = (await answer.json()) as T & { readonly code?: string; readonly detail?: string };
  if (answer.ok) return body;
  throw new ApiProblem(answer.status, body.code ?? 'unknown', body.detail ?? `The server answered ${answer.status}.`);
};
