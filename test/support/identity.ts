import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Log, LoginRefusal, RefreshRefusal, TokenPair } from '../../src/http/ports.ts';
import { reachable } from '../../src/infra/identity/db.ts';
import { postgresIdentity, type IdentityNeeds, type PostgresIdentity } from '../../src/infra/identity/identity.ts';
import { hashPassword } from '../../src/infra/identity/passwords.ts';
import { signingKey, type SigningKey } from '../../src/infra/identity/signing-key.ts';
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
  readonly key: SigningKey;
  readonly close: () => Promise<void>;
};

/** A migrated database, a data folder and a signing key. */
export const place = async (): Promise<Place> => {
  const database = await testDatabase();
  const pool = openPool(database.url, { name: 'identity test', max: 24, log: quiet });
  const folder = await mkdtemp(join(tmpdir(), 'brigade-identity-'));
  const key = await signingKey({ file: null, folder });
  const close = async (): Promise<void> => {
    await pool.end();
    await database.close();
    await rm(folder, { recursive: true });
  };
  return { database, pool, folder, key, close };
};

export type Observed = { readonly attempts: string[]; issued: number };

export const identityAt = async (
  { pool, key }: Place,
  clock: StandingClock,
  changes: Partial<IdentityNeeds> = {},
): Promise<{ readonly identity: PostgresIdentity; readonly observed: Observed }> => {
  const observed: Observed = { attempts: [], issued: 0 };
  const identity = postgresIdentity({
    db: reachable(pool),
    clock,
    log: quiet,
    metrics: { loginAttempted: (outcome) => void observed.attempts.push(outcome), tokenIssued: () => void (observed.issued += 1) },
    key,
    issuer: 'https://brigade.test',
    audience: 'brigade-api',
    accessTokenSeconds: 3600,
    refreshTokenSeconds: 30 * 24 * 3600,
    lockout: { maxAttempts: 3, seconds: 900 },
    ...changes,
  });
  return { identity, observed };
};

let passwordHash: Promise<string> | undefined;

/** A user of his own for each test, with `PASSWORD`. */
export const someone = async (pool: Pool, changes: Partial<NewUser> = {}): Promise<NewUser> => {
  passwordHash ??= hashPassword(PASSWORD);
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
