import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Identity, Log, LoginRefusal, Origin, RefreshRefusal, TokenPair } from '../../src/http/ports.ts';
import { accountKey, type AccountKey } from '../../src/infra/identity/account-key.ts';
import { reachable } from '../../src/infra/identity/db.ts';
import { postgresIdentity, type IdentityNeeds, type PostgresIdentity } from '../../src/infra/identity/identity.ts';
import { passwordPool } from '../../src/infra/identity/password-pool.ts';
import { passwordsAtStart } from '../../src/infra/identity/passwords.ts';
import { secondFactors } from '../../src/infra/identity/second-factors.ts';
import type { TrailEvent } from '../../src/infra/identity/security-trail.ts';
import { keyRing, type KeyRing } from '../../src/infra/identity/key-ring.ts';
import type { SigningKey } from '../../src/infra/identity/signing-key.ts';
import { createUser, type NewUser } from '../../src/infra/identity/users.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { testDatabase, type TestDatabase } from './postgres.ts';

export const PASSWORD = 'a long enough password';

const silent = (): void => {};
export const quiet: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** A clock that stands until it is moved. */
export const standingClock = (start = '2026-03-01T12:00:00Z') => {
  let now = Date.parse(start);
  return { now: () => new Date(now), pass: (seconds: number) => void (now += seconds * 1000) };
};
export type StandingClock = ReturnType<typeof standingClock>;

export type Place = {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly folder: string;
  readonly keys: KeyRing;
  readonly key: SigningKey;
  readonly accountKey: AccountKey;
  readonly close: () => Promise<void>;
};

/** A migrated database, a data folder and a signing key. */
export const place = async (): Promise<Place> => {
  const database = await testDatabase();
  const pool = openPool(database.url, { name: 'identity test', max: 24, log: quiet });
  const folder = await mkdtemp(join(tmpdir(), 'brigade-identity-'));
  const keys = await keyRing({
    file: null,
    formerFiles: [],
    folder,
    algorithm: 'RS256',
    clock: { now: () => new Date() },
    rotationSeconds: 90 * 86_400,
    tokenSeconds: 3600,
  });
  const close = async (): Promise<void> => {
    await pool.end();
    await database.close();
    await rm(folder, { recursive: true });
  };
  return { database, pool, folder, keys, key: keys.signer(), accountKey: await accountKey({ file: null, folder }), close };
};

/** From somewhere, on a device nobody knows. */
export const origin: Origin = { correlationId: 'correlation', traceParent: null, address: '192.0.2.1', device: null };

/** Tests' own: cheap hashes, and room for all. */
export const testPasswords = passwordPool({
  threads: 1,
  waiting: 64,
  cost: { memoryKib: 8192, passes: 1, lanes: 1 },
  isBreached: async () => false,
});

export type Observed = { readonly attempts: string[]; issued: number; readonly trail: TrailEvent[] };

/** Identity as most tests ask it: by e-mail address and password alone. */
export type AskedIdentity = Omit<PostgresIdentity, 'login' | 'refresh' | 'logout'> & {
  readonly login: (email: string, password: string, from?: Partial<Origin>) => Promise<TokenPair | LoginRefusal>;
  readonly refresh: (token: string) => ReturnType<Identity['refresh']>;
  readonly logout: (token: string) => Promise<void>;
};

export const identityAt = async (
  { pool, keys, accountKey }: Place,
  clock: StandingClock,
  changes: Partial<IdentityNeeds> = {},
): Promise<{ readonly identity: AskedIdentity; readonly whole: PostgresIdentity; readonly observed: Observed }> => {
  const observed: Observed = { attempts: [], issued: 0, trail: [] };
  const lockout = { maxAttempts: 3, seconds: 900, longestSeconds: 86_400 };
  const whole = postgresIdentity({
    db: reachable(pool),
    clock,
    metrics: { loginAttempted: (outcome) => void observed.attempts.push(outcome), tokenIssued: () => void (observed.issued += 1) },
    trail: async (event) => void observed.trail.push(event),
    passwords: testPasswords,
    secondFactors: secondFactors(reachable(pool), clock, accountKey, 'Brigade'),
    keys,
    issuer: 'https://brigade.test',
    audience: 'brigade-api',
    accessTokenSeconds: 3600,
    refreshTokenSeconds: 30 * 24 * 3600,
    longestSessionSeconds: 90 * 24 * 3600,
    ownPasswords: false,
    lockout: { account: lockout, address: { ...lockout, maxAttempts: 1000 } },
    secondFactorRoles: [],
    ...changes,
  });
  const identity: AskedIdentity = {
    ...whole,
    login: async (email, password, from = {}) => {
      const answer = await whole.login({ email, password, code: null }, { ...origin, ...from });
      return 'refused' in answer ? answer : answer.tokens;
    },
    refresh: (token) => whole.refresh(token, origin),
    logout: (token) => whole.logout(token, origin),
  };
  return { identity, whole, observed };
};

let passwordHash: Promise<string> | undefined;

/** A user of his own for each test, with `PASSWORD`. */
export const someone = async (pool: Pool, changes: Partial<NewUser> = {}): Promise<NewUser> => {
  passwordHash ??= passwordsAtStart.hash(PASSWORD);
  const id = randomUUID();
  const user: NewUser = {
    id,
    email: `${id}@brigade.test`,
    fullName: 'Ada Cook',
    passwordHash: await passwordHash,
    roles: ['cook'],
    locationIds: null,
    terminalId: null,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
  await createUser(pool, user);
  return user;
};

export const granted = (answer: TokenPair | LoginRefusal | RefreshRefusal): TokenPair => {
  if ('refused' in answer) throw new Error(`Refused: ${answer.refused}`);
  return answer;
};
