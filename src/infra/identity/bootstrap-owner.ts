import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Clock, NewId } from '../../commands/ports.ts';
import type { Db } from './db.ts';
import { newPassword, passwordsAtStart } from './passwords.ts';
import { createUser, normalEmail, setPassword } from './users.ts';
import { advisoryLocks } from '../postgres/advisory-locks.ts';

export const DEFAULT_OWNER_EMAIL = 'owner@brigade.local';

export type OwnerBootstrap = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: NewId;
  /** A generated password is kept here, in owner-login.json. */
  readonly dataFolder: string;
  readonly email: string;
  /** From the configuration; null: one is generated. */
  readonly password: string | null;
};

/**
 * `password`: the generated one while it is still good; null where the owner knows his own.
 * `reset`: the configured password is not the one he had, and is his from now on.
 */
export type OwnerLogin = { readonly email: string; readonly password: string | null; readonly done: 'created' | 'reset' | 'kept' };

/** The configured e-mail address is somebody's who is not an owner. */
export class OwnerEmailTaken extends Error {
  readonly code = 'owner-email-taken';
  constructor(email: string) {
    super(`${email} belongs to somebody who is not an owner: give another address in bootstrap.owner_email.`);
    this.name = 'OwnerEmailTaken';
  }
}

type Kept = { readonly email: string; readonly password: string };
type Found = { readonly id: string; readonly email: string; readonly passwordHash: string; readonly roles: readonly string[] };

/** Makes the first owner, or finds him. */
export const bootstrapOwner = async (bootstrap: OwnerBootstrap): Promise<OwnerLogin> => {
  const client = await bootstrap.pool.connect();
  // The query that was under way rejects too; without a listener the event would end the program.
  const alreadyTold = (): void => undefined;
  client.on('error', alreadyTold);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.firstOwner]);
    const login = await settle(client, bootstrap);
    await client.query('commit');
    client.off('error', alreadyTold);
    client.release();
    return login;
  } catch (error) {
    client.release(true);
    throw error;
  }
};

const settle = async (db: Db, bootstrap: OwnerBootstrap): Promise<OwnerLogin> => {
  const email = normalEmail(bootstrap.email);
  const file = join(bootstrap.dataFolder, 'owner-login.json');
  const named = await userWith(db, email);
  if (named !== undefined && !named.roles.includes('owner')) throw new OwnerEmailTaken(email);
  if (named === undefined && (bootstrap.password !== null || (await firstOwner(db)) === undefined))
    return create(db, bootstrap, email, file);
  const owner = named ?? (await firstOwner(db));
  if (owner === undefined) throw new Error('The owner went away while he was looked for');
  if (bootstrap.password !== null) return configured(db, owner, bootstrap.password, file);
  return { email: owner.email, password: await stillGood(owner, file), done: 'kept' };
};

const create = async (
  db: Db,
  { clock, newId, password: given, dataFolder }: OwnerBootstrap,
  email: string,
  file: string,
): Promise<OwnerLogin> => {
  const kept = await readKept(file);
  const password = given ?? (kept?.email === email ? kept.password : newPassword());
  if (given === null) await keep(dataFolder, file, { email, password });
  await createUser(db, {
    id: newId(),
    email,
    fullName: 'Owner',
    passwordHash: await passwordsAtStart.hash(password),
    passwordGiven: given === null,
    roles: ['owner'],
    locationIds: null,
    terminalId: null,
    createdAt: clock.now(),
  });
  return { email, password: given === null ? password : null, done: 'created' };
};

const configured = async (db: Db, owner: Found, password: string, file: string): Promise<OwnerLogin> => {
  await rm(file, { force: true });
  if (await passwordsAtStart.matches(owner.passwordHash, password)) return { email: owner.email, password: null, done: 'kept' };
  await setPassword(db, owner.id, await passwordsAtStart.hash(password));
  return { email: owner.email, password: null, done: 'reset' };
};

const stillGood = async (owner: Found, file: string): Promise<string | null> => {
  const kept = await readKept(file);
  if (kept === null || kept.email !== owner.email) return null;
  return (await passwordsAtStart.matches(owner.passwordHash, kept.password)) ? kept.password : null;
};

const FOUND = 'select id, email, password_hash as "passwordHash", roles from users';

const userWith = async (db: Db, email: string): Promise<Found | undefined> =>
  (await db.query<Found>({ text: `${FOUND} where email = $1`, values: [email] })).rows[0];

const firstOwner = async (db: Db): Promise<Found | undefined> =>
  (await db.query<Found>({ text: `${FOUND} where 'owner' = any (roles) order by created_at, id limit 1` })).rows[0];

const keep = async (folder: string, file: string, login: Kept): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flush: true });
  await chmod(file, 0o600);
};

const readKept = async (file: string): Promise<Kept | null> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const { email, password } = JSON.parse(text) as Kept;
  return typeof email === 'string' && typeof password === 'string' ? { email, password } : null;
};
