import { Pool } from 'pg';
import { createPool, type DatabasePool, type Interceptor, type QueryResultRow } from 'slonik';
import type { Log } from './log.ts';
import { outliveLoss } from './outlive-loss.ts';
import { reachableQueries } from './reachable-queries.ts';
import { watchPool } from './silence.ts';

/** What the program works as once it has migrated: it cannot change or remove events. */
const APP_ROLE = 'brigade_app';
const SESSION = { role: APP_ROLE, search_path: 'public,read_models', timezone: 'UTC' };

const MINUTE_MS = 60_000;
/** The server ends a statement in time and says so; who hears nothing even then has a connection that has gone silent. */
const ANSWER_MS = 5_000;

export type PoolOptions = {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly max: number;
  readonly min?: number;
  /** How long to wait for a connection, new or given back. */
  readonly acquireTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly log: Log;
};

/** The owner's URL made the program's: role, search path and time zone are set as each connection starts. */
export const asApp = (ownerUrl: string): string => {
  const url = new URL(ownerUrl);
  const settings = Object.entries(SESSION).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', [url.searchParams.get('options') ?? '', ...settings].join(' ').trim());
  return url.href;
};

/** For the hot path; pg's own types (int8 as string, timestamptz as Date). */
export const openPool = (
  ownerUrl: string,
  { name, max, min = 0, acquireTimeoutMs = 10_000, statementTimeoutMs = MINUTE_MS, log }: PoolOptions,
): Pool => {
  const pool = new Pool({
    connectionString: asApp(ownerUrl),
    application_name: `brigade ${name}`,
    max,
    min,
    keepAlive: true,
    connectionTimeoutMillis: acquireTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_MS,
    idle_in_transaction_session_timeout: MINUTE_MS,
    idleTimeoutMillis: MINUTE_MS,
  });
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error, pool: name }, 'An idle database connection was lost');
  });
  outliveLoss(pool);
  watchPool(pool, { ownerUrl, name: `brigade ${name}`, log });
  return pool;
};

const camelCase = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const camelCaseNames = (): Interceptor => {
  const known = new Map<string, string>();
  const nameOf = (column: string): string => {
    const name = known.get(column) ?? camelCase(column);
    known.set(column, name);
    return name;
  };
  return {
    name: 'camel-case-names',
    transformRow: (_context, _query, row): QueryResultRow =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [nameOf(column), value])),
  };
};

const isoTime = (text: string): string => new Date(text).toISOString();

const TYPES = [
  { name: 'int8', parse: Number },
  { name: 'numeric', parse: Number },
  { name: 'timestamptz', parse: isoTime },
  { name: 'date', parse: (text: string): string => text },
];

/** For queries: names in camel case, int8 and numeric as numbers, timestamptz as ISO 8601, date as YYYY-MM-DD. */
export const openQueries = async (
  ownerUrl: string,
  { name, max, min = 0, acquireTimeoutMs = 10_000, statementTimeoutMs = MINUTE_MS }: PoolOptions,
): Promise<DatabasePool> =>
  reachableQueries(
    await createPool(asApp(ownerUrl), {
      poolName: name,
      maxPoolSize: max,
      minPoolSize: min,
      connectionTimeout: acquireTimeoutMs,
      statementTimeout: statementTimeoutMs,
      idleInTransactionSessionTimeout: MINUTE_MS,
      idleTimeout: MINUTE_MS,
      typeParsers: TYPES,
      interceptors: [camelCaseNames()],
      // Queries leave nothing behind in a session; DISCARD ALL after each would cost a round trip.
      resetConnection: () => Promise.resolve(),
    }),
  );
