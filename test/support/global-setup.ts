import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { startEmbedded, type EmbeddedPostgres } from '../../src/infra/postgres/embedded.ts';
import { migrate } from '../../src/infra/postgres/migrate.ts';
import { SERVER, serverUrl, TEMPLATE } from './postgres.ts';

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
  const folder = path.join(tmpdir(), `brigade-test-${randomBytes(8).toString('hex')}`);
  const server = await startEmbedded({ folder, durable: false, log: pino({ level: 'silent' }) });
  running = { folder, server };
  process.env[SERVER] = server.adminUrl;
  await makeTemplate(server.adminUrl);
};

export const mochaGlobalTeardown = async (): Promise<void> => {
  if (running === null) return;
  await running.server.stop();
  rmSync(running.folder, { recursive: true, force: true });
};
