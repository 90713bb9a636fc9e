import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { advisoryLocks } from './advisory-locks.ts';

export class MigrationRefused extends Error {
  readonly code: 'migration-unknown' | 'migration-changed' | 'migration-skipped' | 'migration-failed';
  constructor(code: MigrationRefused['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MigrationRefused';
    this.code = code;
  }
}

type Migration = { readonly number: number; readonly name: string; readonly sql: string; readonly checksum: string };
type Applied = { readonly number: number; readonly name: string; readonly checksum: string };

const FOLDER = path.join(import.meta.dirname, 'migrations');

const migrationsIn = (folder: string): readonly Migration[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .toSorted()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name), 'utf8');
      return { number: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });

const compare = (known: readonly Migration[], applied: readonly Applied[]): void => {
  for (const { number, name, checksum } of applied) {
    const file = known.find((migration) => migration.number === number);
    if (file === undefined) {
      throw new MigrationRefused(
        'migration-unknown',
        `The database was migrated by a newer Brigade (${name}). Start that version, or restore a backup.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new MigrationRefused('migration-changed', `${name} was changed after it was applied. Put it back, and write a new migration.`);
    }
  }
};

const pending = (known: readonly Migration[], applied: readonly Applied[]): readonly Migration[] => {
  const last = Math.max(-1, ...applied.map(({ number }) => number));
  const waiting = known.filter(({ number }) => !applied.some((other) => other.number === number));
  const skipped = waiting.find(({ number }) => number < last);
  if (skipped !== undefined)
    throw new MigrationRefused('migration-skipped', `${skipped.name} comes before one that is applied already. Give it the next number.`);
  return waiting;
};

const apply = async (client: Client, { number, name, sql, checksum }: Migration): Promise<void> => {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into public.migrations (number, name, checksum) values ($1, $2, $3)', [number, name, checksum]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new MigrationRefused('migration-failed', `${name}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
};

/** Brings the database up to date, as its owner; forward only. Gives the names of what it applied, [] where nothing was left to do. */
export const migrate = async (ownerUrl: string, folder = FOLDER): Promise<readonly string[]> => {
  const known = migrationsIn(folder);
  const client = new Client({ connectionString: ownerUrl });
  // What is under way rejects too; without a listener the event would end the program.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migration]);
    await client.query(`create table if not exists public.migrations (
      number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
    const { rows: applied } = await client.query<Applied>('select number, name, checksum from public.migrations order by number');
    compare(known, applied);
    const waiting = pending(known, applied);
    for (const migration of waiting) await apply(client, migration);
    return waiting.map(({ name }) => name);
  } finally {
    await client.end();
  }
};
