import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { readConfig } from '../../src/infra/config.ts';
import type { Role } from '../../src/commands/roles.ts';
import type { Log } from '../../src/http/ports.ts';
import { start } from '../../src/main/start.ts';
import { PASSWORD, quiet, someone } from './identity.ts';
import { testDatabase } from './postgres.ts';

/** What came back: `body` parsed, or null where there was none. */
export type Reply<T = Body> = { readonly status: number; readonly headers: Headers; readonly body: T };
type Body = { readonly [name: string]: unknown };
type Options = { readonly headers?: { readonly [name: string]: string }; readonly body?: unknown };

export type Caller = <T = Body>(method: string, path: string, options?: Options) => Promise<Reply<T>>;

export type TestServer = {
  readonly baseUrl: string;
  /** The owner's, to the database. */
  readonly databaseUrl: string;
  readonly owner: Caller;
  readonly nobody: Caller;
  /** Whoever has this access token. */
  readonly withToken: (accessToken: string) => Caller;
  /** A new user of these roles, logged in. */
  readonly as: (roles: readonly Role[], locationIds?: readonly string[] | null) => Promise<Caller>;
  readonly folder: string;
  readonly locationId: string;
  readonly close: () => Promise<void>;
};

const OWNER = { email: 'owner@example.com', password: PASSWORD };

/** Paths are under /api/v1 unless they begin with `//`. */
const caller =
  (baseUrl: string, token: string | null): Caller =>
  async <T>(method: string, path: string, { headers = {}, body }: Options = {}) => {
    const url = path.startsWith('//') ? baseUrl + path.slice(1) : `${baseUrl}/api/v1${path}`;
    const answer = await fetch(url, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /[/+]json$/.test(answer.headers.get('content-type')?.split(';')[0] ?? '');
    return { status: answer.status, headers: answer.headers, body: (isJson && text !== '' ? JSON.parse(text) : text) as T };
  };

const login = async (baseUrl: string, email: string): Promise<Caller> => {
  const { body } = await caller(baseUrl, null)<{ readonly access_token: string }>('POST', '/auth/login', {
    body: { email, password: PASSWORD },
  });
  return caller(baseUrl, body.access_token);
};

/** The whole program in this process, on a database of its own. */
export const testServer = async (env: { readonly [name: string]: string } = {}, log: Log = quiet): Promise<TestServer> => {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
  const config = readConfig({
    APP_DATA__DIR: folder,
    APP_DATABASE__URL: database.url,
    APP_DATABASE__ALLOW_UNSAFE: 'true',
    APP_SERVER__HOST: '127.0.0.1',
    APP_SERVER__PORT: '0',
    APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '',
    APP_BOOTSTRAP__OWNER_EMAIL: OWNER.email,
    APP_BOOTSTRAP__OWNER_PASSWORD: OWNER.password,
    APP_BOOTSTRAP__TIME_ZONE: 'UTC',
    ...env,
  });
  const running = await start(config, log);
  const baseUrl = `http://127.0.0.1:${running.port}`;
  const pool = new Pool({ connectionString: database.url, max: 1 });
  const owner = await login(baseUrl, OWNER.email);
  const { rows } = await pool.query<{ readonly id: string }>("select substr(name, 10) as id from streams where name like 'Location-%'");
  return {
    baseUrl,
    databaseUrl: database.url,
    owner,
    nobody: caller(baseUrl, null),
    withToken: (accessToken) => caller(baseUrl, accessToken),
    as: async (roles, locationIds = null) => login(baseUrl, (await someone(pool, { roles, locationIds })).email),
    folder,
    locationId: rows[0]?.id ?? '',
    close: async () => {
      await running.stop();
      await pool.end();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
