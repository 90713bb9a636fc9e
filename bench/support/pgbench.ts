import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { data } from './line-added.ts';

/** On a busy machine its connections alone take longer than one. */
const SHORTEST_SECONDS = 3;

const DEBIAN = '/usr/lib/postgresql';

/** Debian's own first: what lies on the path there is a wrapper. Null: there is none on this machine. */
const pgbench = (): string | null => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => path.join(DEBIAN, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.map((folder) => path.join(folder, 'pgbench')).find((file) => existsSync(file)) ?? null;
};

export const createYardstickTable = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table yardstick (id bigint generated always as identity primary key, data jsonb not null)');
  await client.end();
};

export type Pgbench = { readonly version: string; readonly perSecond: (url: string, clients: number, seconds: number) => Promise<number> };

/** The cheapest durable write there is, by PostgreSQL's own tool: one row, one commit, prepared. Null where it is not installed. */
export const findPgbench = (): Pgbench | null => {
  const program = pgbench();
  if (program === null) return null;
  const run = async (url: string, clients: number, seconds: number): Promise<number> => {
    const { hostname, port, username, password, pathname } = new URL(url);
    const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
    const script = path.join(folder, 'insert.sql');
    writeFileSync(script, `insert into yardstick (data) values ('${JSON.stringify(data)}');\n`);
    const load = ['-n', '-M', 'prepared', '-f', script, '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds)];
    try {
      const { stdout } = await promisify(execFile)(program, ['-h', hostname, '-p', port, '-U', username, ...load, pathname.slice(1)], {
        env: { ...process.env, PGPASSWORD: password },
      });
      const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
      if (!(perSecond > 0)) throw new Error(`pgbench told no transactions a second:\n${stdout}`);
      return Math.round(perSecond);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const version = /[\d.]+/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? '';
  return {
    version,
    perSecond: async (url, clients, seconds) => {
      await run(url, clients, SHORTEST_SECONDS);
      return run(url, clients, Math.max(SHORTEST_SECONDS, seconds));
    },
  };
};
