import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { postgresAccount, postgresBinaries, type Binaries } from './binaries.ts';
import { claimDataFolder } from './data-folder.ts';
import { DATABASE, openCluster, OWNER, READER, rememberPort, type Cluster } from './embedded-cluster.ts';
import { freePort, launch, type Server } from './embedded-server.ts';
import { adopt, clearLeftovers } from './leftover-server.ts';
import type { Log } from './log.ts';

export type EmbeddedOptions = {
  /** The program's data folder; the cluster lies in `postgres` under it. */
  readonly folder: string;
  /** False only in tests: what is committed may then be lost in a crash of the machine. */
  readonly durable: boolean;
  readonly log: Log;
};

export type EmbeddedPostgres = {
  /** The owner's, to the program's database. */
  readonly url: string;
  /** The owner's, to the database `postgres`. */
  readonly adminUrl: string;
  /** For people who read: role brigade_reader. */
  readonly readerUrl: string;
  /** Changes when a server that died was started again. */
  readonly pid: number;
  /** Settles when the server is gone for good: with the reason where it could not be started again, null where it was stopped. */
  readonly lost: Promise<Error | null>;
  /** Lets transactions under way fail, writes all down, and gives the folder back. */
  readonly stop: () => Promise<void>;
};

const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/** So many lives in a row that were this short are enough. */
const SHORT_LIVES = 5;
const SHORT_MS = 2_000;

const link = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

const launchSoon = async (
  cluster: Cluster,
  binaries: Binaries,
  choosePort: () => Promise<number>,
  { durable, log }: EmbeddedOptions,
): Promise<Server> => {
  for (const giveUp = performance.now() + PATIENCE_MS; ;) {
    await clearLeftovers(cluster.data, log);
    const port = await choosePort();
    try {
      return await launch({ binaries, data: cluster.data, port, durable, log });
    } catch (error) {
      // Another program may take the port first; a killed server's last children hold its memory for a moment.
      if (performance.now() > giveUp || !/Address already in use|could not bind|still in use/.test(String(error))) throw error;
      await delay(PAUSE_MS);
    }
  }
};

/** Sessions of the program that left the server running: they may wait for locks on its behalf. Backups are programs of their own. */
const endFormerSessions = async (client: Client): Promise<void> => {
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'brigade %' and application_name not in ('brigade backup', 'brigade restore')`);
};

const adoptSoon = async (cluster: Cluster, binaries: Binaries, { durable, log }: EmbeddedOptions): Promise<Server | null> => {
  const { port, password } = cluster.access;
  const server = port === null ? null : await adopt({ binaries, data: cluster.data, port, durable, log });
  if (server === null || port === null) return null;
  const client = new Client({ connectionString: link(OWNER, password, port, 'postgres'), connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await endFormerSessions(client);
    return server;
  } catch (error) {
    log.warn({ err: error }, 'It does not serve: it is stopped and started again');
    return null;
  } finally {
    await client.end();
  }
};

const MISSING = `select (select count(*) from pg_database where datname = '${DATABASE}') = 0 as database,
  (select count(*) from pg_roles where rolname = '${READER}') = 0 as reader`;

const prepare = async (adminUrl: string, readerPassword: string): Promise<void> => {
  const client = new Client({ connectionString: adminUrl });
  // What is under way rejects too; without a listener the event would end the program.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ readonly database: boolean; readonly reader: boolean }>(MISSING);
    if (rows[0]?.database === true) await client.query(`create database ${escapeIdentifier(DATABASE)}`);
    const reader = escapeIdentifier(READER);
    await client.query(`${rows[0]?.reader === true ? 'create' : 'alter'} role ${reader} login password ${escapeLiteral(readerPassword)};
      alter role ${reader} set search_path to read_models, public`);
  } finally {
    await client.end();
  }
};

/**
 * Starts the PostgreSQL of the npm packages on the data folder, which is this process's until `stop`.
 * A server that dies is started again on the same port.
 * Throws DataFolderInUse while another process works on the folder.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const claim = claimDataFolder(options.folder, postgresAccount() === null ? 0o700 : 0o711);
  try {
    return await start(options, claim.release);
  } catch (error) {
    claim.release();
    throw error;
  }
};

const start = async (options: EmbeddedOptions, release: () => void): Promise<EmbeddedPostgres> => {
  const { folder, durable, log } = options;
  const binaries = postgresBinaries();
  const cluster = openCluster(folder, binaries, durable);
  const { password, readerPassword } = cluster.access;
  let server =
    (await adoptSoon(cluster, binaries, options)) ?? (await launchSoon(cluster, binaries, () => freePort(cluster.access.port), options));
  const { port } = server;
  const adminUrl = link(OWNER, password, port, 'postgres');
  try {
    rememberPort(cluster, port);
    await prepare(adminUrl, readerPassword);
  } catch (error) {
    await server.stop();
    throw error;
  }

  let stopping = false;
  const watch = async (): Promise<Error | null> => {
    for (let shortLives = 0; ;) {
      const born = performance.now();
      const reason = await server.exited;
      if (stopping) return null;
      log.error({ reason }, 'PostgreSQL died; starting it again');
      shortLives = performance.now() - born < SHORT_MS ? shortLives + 1 : 0;
      if (shortLives === SHORT_LIVES) return new Error(`PostgreSQL keeps dying: ${reason}`);
      try {
        server = await launchSoon(cluster, binaries, () => Promise.resolve(port), options);
      } catch (error) {
        return new Error('PostgreSQL died and could not be started again', { cause: error });
      }
      log.info({ pid: server.pid }, 'PostgreSQL runs again');
      if (stopping) await server.stop();
    }
  };
  const lost = watch();
  const stop = async (): Promise<void> => {
    stopping = true;
    await server.stop();
    await lost;
    release();
  };
  return {
    url: link(OWNER, password, port, DATABASE),
    adminUrl,
    readerUrl: link(READER, readerPassword, port, DATABASE),
    get pid() {
      return server.pid;
    },
    lost,
    stop,
  };
};
