import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { pino } from 'pino';
import { postgresBinaries } from '../../src/infra/postgres/binaries.ts';
import { openCluster } from '../../src/infra/postgres/embedded-cluster.ts';
import { freePort, launch } from '../../src/infra/postgres/embedded-server.ts';
import { startEmbedded } from '../../src/infra/postgres/embedded.ts';
import { migrate } from '../../src/infra/postgres/migrate.ts';
import { quietDisk } from './quiet-disk.ts';
import type { SlowFsync } from './slow-fsync.ts';

export const log = pino({ level: 'error' }, pino.destination(2));

export type Server = {
  /** A new database's, its owner's. */
  readonly database: (name: string) => Promise<string>;
  /** With our tables. */
  readonly migrated: (name: string) => Promise<string>;
  /** In words: its version, and what of its settings makes it durable. */
  readonly settings: string;
  /** Where it keeps what must be gone afterwards. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
};

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'];

const asOwner = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const settingsOf = (url: string): Promise<string> =>
  asOwner(url, async (client) => {
    const found = 'select name, setting from pg_settings where name = any($1) order by array_position($1, name)';
    const { rows } = await client.query<{ readonly name: string; readonly setting: string }>(found, [SETTINGS]);
    return rows.map(({ name, setting }) => (name === 'server_version' ? `PostgreSQL ${setting}` : `${name} ${setting}`)).join(', ');
  });

const SEGMENTS_READY = 40;

/**
 * Fills so many WAL segments and gives them up, so that what is measured writes to files that are there, as on a server that has
 * been running: a new one is filled with zeros first, during which nothing is committed.
 */
const withSegmentsReady = (adminUrl: string): Promise<void> =>
  asOwner(adminUrl, async (client) => {
    for (let nth = 0; nth < SEGMENTS_READY; nth++) {
      await client.query("select pg_logical_emit_message(false, 'bench', 'one more segment')");
      await client.query('select pg_switch_wal()');
    }
    await client.query('checkpoint');
  });

/** Started once as usual, which makes the cluster, and then again with the slow fsync. */
const restartSlow = async (folder: string, slow: SlowFsync): Promise<() => Promise<void>> => {
  const cluster = openCluster(folder, postgresBinaries(), true);
  const port = await freePort(cluster.access.port);
  const { stop } = await launch({ binaries: slow.binaries, data: cluster.data, port, durable: true, log });
  return stop;
};

/** The program's own PostgreSQL with the program's settings, in a folder of its own. Not durable: fsync and its like are off. */
export const startServer = async ({ durable, slow }: { readonly durable: boolean; readonly slow?: SlowFsync }): Promise<Server> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
  chmodSync(folder, 0o711);
  const embedded = await startEmbedded({ folder, durable, log });
  let { stop } = embedded;
  if (slow !== undefined) {
    await stop();
    stop = await restartSlow(folder, slow);
  }
  if (durable) await withSegmentsReady(embedded.adminUrl);
  quietDisk();
  const database = async (name: string): Promise<string> => {
    await asOwner(embedded.adminUrl, (client) => client.query(`create database ${escapeIdentifier(name)}`));
    const url = new URL(embedded.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    database,
    migrated: async (name) => {
      const url = await database(name);
      await migrate(url);
      return url;
    },
    settings: `${await settingsOf(embedded.adminUrl)}${slow === undefined ? '' : `, ${slow.delayMs} ms added to each fsync`}`,
    folder,
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const withServer = async <T>(options: Parameters<typeof startServer>[0], work: (server: Server) => Promise<T>): Promise<T> => {
  const server = await startServer(options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
};
