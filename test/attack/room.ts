import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Pool } from 'pg';
import { isRole, roles, type Role } from '../../src/commands/roles.ts';
import type { TokenPair } from '../../src/http/ports.ts';
import { keyRing } from '../../src/infra/identity/key-ring.ts';
import type { SigningKey } from '../../src/infra/identity/signing-key.ts';
import { openLog } from '../../src/infra/telemetry/log.ts';
import { PASSWORD, someone } from '../support/identity.ts';
import { openRestaurant } from '../support/restaurant.ts';
import { testServer, type Caller, type TestServer } from '../support/server.ts';
import { registeredRoutes } from './registered-routes.ts';
import { drive } from './victims.ts';

export const ALL_ROLES: readonly Role[] = Object.keys(roles).filter(isRole);

/** What an answer may tell nobody of another location. */
export type Victims = { readonly ids: { readonly [name: string]: string }; readonly secrets: readonly string[] };

/** A running server with two locations: the victims' and the one the attacker works at. */
export type Room = {
  readonly server: TestServer;
  /** All that koa's routers serve, as `GET /path/:id`. */
  readonly routes: readonly string[];
  readonly port: number;
  readonly pool: Pool;
  /** All that was logged, a line each. */
  readonly logged: readonly string[];
  readonly key: SigningKey;
  readonly victims: Victims;
  /** The attacker's location. */
  readonly elsewhere: string;
  /** Somebody of this role who works there. */
  readonly attacker: (role: Role) => Promise<Caller>;
  /** Somebody of every location, with his tokens: a cook unless told otherwise. */
  readonly cook: (role?: Role) => Promise<{ readonly email: string; readonly userId: string; readonly tokens: TokenPair }>;
  readonly with: (token: string) => Caller;
  /** The same cook as before, where his session still stands. */
  readonly shared: Room['cook'];
  /** Servers of their own with a narrow limit on refreshes, behind one proxy and behind none. */
  readonly sprayed: () => Promise<TestServer>;
  readonly unproxied: () => Promise<TestServer>;
  /** One without limits of requests, behind one proxy: what stops guessing there are its locks. */
  readonly unlimited: () => Promise<TestServer>;
  /** A server of its own, as strict as one is, a second long where others wait for many, and behind one proxy. */
  readonly strict: () => Promise<TestServer>;
  readonly close: () => Promise<void>;
};

const STRICT = {
  APP_SERVER__HEADERS_TIMEOUT_SECS: '1',
  APP_SERVER__REQUEST_TIMEOUT_SECS: '2',
  APP_SERVER__TRUSTED_PROXIES: '1',
  APP_SERVER__ALLOWED_ORIGINS: 'https://pos.example.com',
  APP_LIVE__MAX_BUFFERED_BYTES: '65536',
};

const NARROW = { APP_RATE_LIMITS__TABLE: 'refresh address anyone POST /api/v1/auth/refresh 60 0.1', APP_ROLES: 'api' };

/** Attacks are many, and shall meet more than the limits. */
const UNLIMITED = 'all address anyone * /* 1000000 100000';

/** The key that the server signs access tokens with, read from its folder. */
const signerOf = async ({ folder }: TestServer): Promise<SigningKey> => {
  const ring = await keyRing({
    file: null,
    formerFiles: [],
    folder: join(folder, 'keys'),
    algorithm: 'RS256',
    clock: { now: () => new Date() },
    rotationSeconds: 90 * 86_400,
    tokenSeconds: 3600,
  });
  return ring.signer();
};

/** Somebody who works at the victims' location, his session, and a role of theirs. */
const withPerson = async ({ nobody, owner, locationId }: TestServer, pool: Pool, { ids, secrets }: Victims): Promise<Victims> => {
  const { id, email } = await someone(pool, { roles: ['manager'], locationIds: [locationId] });
  await nobody('POST', '/auth/login', { body: { email, password: PASSWORD } });
  const { rows } = await pool.query<{ readonly id: string }>('select id from sessions where user_id = $1', [id]);
  const role = await owner<{ readonly id: string }>('POST', '/roles', {
    body: { name: 'only-for-us', permissions: ['order.read'], locationId },
  });
  const sessionId = rows[0]?.id ?? '';
  return { ids: { ...ids, userId: id, sessionId, roleId: role.body.id }, secrets: [...secrets, id, email, sessionId, 'only-for-us'] };
};

export const openRoom = async (env: { readonly [name: string]: string } = {}): Promise<Room> => {
  const logged: string[] = [];
  const log = openLog({ level: 'debug', destination: { write: (line: string) => void logged.push(line) } });
  const { started: server, routes } = await registeredRoutes(() => testServer({ APP_RATE_LIMITS__TABLE: UNLIMITED, ...env }, log));
  const pool = new Pool({ connectionString: server.databaseUrl, max: 2 });
  const restaurant = await openRestaurant(server);
  const victims = await withPerson(server, pool, await drive(server, restaurant));
  const elsewhere = randomUUID();
  await server.owner('POST', '/locations', {
    body: { locationId: elsewhere, name: 'Elsewhere', timeZone: 'UTC', currency: 'USD', dayStartsAt: '04:00' },
  });
  const opened = new Map<string, Promise<TestServer>>();
  const another = (name: string, settings: { readonly [name: string]: string }): Promise<TestServer> => {
    const known = opened.get(name) ?? testServer(settings);
    opened.set(name, known);
    return known;
  };
  let known: ReturnType<Room['cook']> | undefined;
  const attackers = new Map<Role, Promise<Caller>>();
  const attacker = (role: Role): Promise<Caller> => {
    const known = attackers.get(role) ?? server.as([role], [elsewhere]);
    attackers.set(role, known);
    return known;
  };
  const cook: Room['cook'] = async (role = 'cook') => {
    const { id, email } = await someone(pool, { roles: [role] });
    const { body } = await server.nobody<TokenPair>('POST', '/auth/login', { body: { email, password: PASSWORD } });
    return { email, userId: id, tokens: body };
  };
  return {
    server,
    routes,
    port: Number(new URL(server.baseUrl).port),
    pool,
    logged,
    key: await signerOf(server),
    victims,
    elsewhere,
    attacker,
    cook,
    with: server.withToken,
    shared: async () => {
      const held = known === undefined ? null : await known;
      const stands = held !== null && (await server.withToken(held.tokens.access_token)('GET', '/users/me')).status === 200;
      if (held !== null && stands) return held;
      known = cook();
      return known;
    },
    sprayed: () => another('sprayed', { ...NARROW, APP_SERVER__TRUSTED_PROXIES: '1' }),
    unproxied: () => another('unproxied', NARROW),
    unlimited: () =>
      another('unlimited', {
        APP_RATE_LIMITS__TABLE: UNLIMITED,
        APP_SERVER__TRUSTED_PROXIES: '1',
        APP_ROLES: 'api',
        APP_AUTH__ARGON2_MEMORY_KIB: '8192',
      }),
    strict: () => another('strict', STRICT),
    close: async () => {
      for (const one of opened.values()) await (await one).close();
      await pool.end();
      await server.close();
    },
  };
};
