import { Client, escapeIdentifier } from 'pg';
import { advisoryLocks } from '../postgres/advisory-locks.ts';

const TABLES = `
  create table if not exists public.data_keys (
    subject      text primary key,
    kind         text        not null check (kind in ('staff', 'guest')),
    location_id  text,
    wrapped      bytea,                             -- null: destroyed
    wrapped_by   text,                              -- the master key
    made_at      timestamptz not null default now(),
    destroyed_at timestamptz,
    reason       text,
    destroyed_by text,
    check ((wrapped is null) = (destroyed_at is not null))
  );
  create index if not exists data_keys_made_at on public.data_keys (kind, made_at) where wrapped is not null;
  create index if not exists data_keys_destroyed_at on public.data_keys (destroyed_at) where destroyed_at is not null;
  create table if not exists public.secrets (
    name       text primary key,
    wrapped    bytea not null,
    wrapped_by text  not null
  );`;

/** Beside a database on the same server: its name with `_keys`. */
export const keysUrlBeside = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  url.pathname = `${url.pathname}_keys`;
  return url.href;
};

const connected = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, application_name: 'brigade keys' });
  // What is under way rejects too; without a listener the event would end the program.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
const DUPLICATE = ['42P04', '23505'];

/** Makes the database of the keys where there is none yet, through the one beside it; nobody but its owner may enter. */
const makeBeside = (databaseUrl: string, url: string): Promise<void> =>
  connected(databaseUrl, async (client) => {
    const database = decodeURIComponent(new URL(url).pathname.slice(1));
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount !== 0) return;
    const name = escapeIdentifier(database);
    await client.query(`create database ${name}`).catch((error: unknown) => {
      if (!hasCode(error, ...DUPLICATE)) throw error;
    });
    await client.query(`revoke all on database ${name} from public`);
  });

const makeTables = (url: string): Promise<void> =>
  connected(url, async (client) => {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.keysDatabase]);
    await client.query(TABLES);
    await client.query('commit');
  });

/** The database of the keys, ready: `url`, or else one made beside the database. Answers its URL. */
export const openKeysDatabase = async (url: string | null, databaseUrl: string): Promise<string> => {
  const at = url ?? keysUrlBeside(databaseUrl);
  if (url === null) await makeBeside(databaseUrl, at);
  await makeTables(at);
  return at;
};
