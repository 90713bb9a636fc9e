import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { pino, type Logger } from 'pino';
import { ownerOf } from '../../src/infra/postgres/data-folder.ts';
import { startEmbedded, type EmbeddedPostgres } from '../../src/infra/postgres/embedded.ts';
import { clearLeftovers } from '../../src/infra/postgres/leftover-server.ts';
import { migrate } from '../../src/infra/postgres/migrate.ts';
import { SERVER, serverUrl, TEMPLATE } from './postgres.ts';

const NAME = 'brigade-test-run-';

/** Runs that were killed could not tidy up. */
const removeLeftovers = async (log: Logger): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((other) => other.startsWith(NAME))) {
    const folder = path.join(tmpdir(), name);
    const data = path.join(folder, 'postgres', 'data');
    if (statSync(folder).uid !== process.getuid?.() || !existsSync(data) || ownerOf(folder) !== null) continue;
    await clearLeftovers(data, log);
    rmSync(folder, { recursive: true, force: true });
  }
};

type Running = { readonly folder: string; readonly server: EmbeddedPostgres };
let running: Running | null = null;

const makeTemplate = async (adminUrl: string): Promise<void> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await migrate(serverUrl(TEMPLATE));
};

/** One server for the whole run, on a random folder and port, so that runs do not meet; workers find it through the environment. */
export const mochaGlobalSetup = async (): Promise<void> => {
  const log = pino({ level: 'silent' });
  await removeLeftovers(log);
  const folder = path.join(tmpdir(), NAME + randomBytes(8).toString('hex'));
  const server = await startEmbedded({ folder, durable: false, log });
  running = { folder, server };
  process.env[SERVER] = server.adminUrl;
  await makeTemplate(server.adminUrl);
};

export const mochaGlobalTeardown = async (): Promise<void> => {
  if (running === null) return;
  await running.server.stop();
  rmSync(running.folder, { recursive: true, force: true });
};
