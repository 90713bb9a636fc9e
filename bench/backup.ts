import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { pino } from 'pino';
import type { EventStore } from '../src/commands/ports.ts';
import { backUp } from '../src/infra/backup/backup.ts';
import { restore } from '../src/infra/backup/restore.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { startEmbedded } from '../src/infra/postgres/embedded.ts';
import { migrate } from '../src/infra/postgres/migrate.ts';
import { fileMasterKeys } from '../src/infra/privacy/file-master-keys.ts';
import { openKeysDatabase } from '../src/infra/privacy/keys-database.ts';
import { postgresKeyStore } from '../src/infra/privacy/postgres-key-store.ts';

/** How long a backup and a restore take, and what memory they need, for a log of so many events. */
const { values: options } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const events = Number(options.events);

const PER_APPEND = 500;

/** Events with the data and metadata that a line added has. */
const fill = async (store: EventStore): Promise<void> => {
  const actor = { userId: randomUUID(), roles: ['server'], terminalId: 'pos-1' };
  const nothing = { causationId: null, locationId: randomUUID(), occurredAt: null, traceParent: null, schemaVersion: 1 };
  for (let at = 0; at < events; at += PER_APPEND) {
    const orderId = randomUUID();
    const added = Array.from({ length: Math.min(PER_APPEND, events - at) }, () => {
      const line = {
        lineId: randomUUID(),
        menuItemId: randomUUID(),
        name: 'Grilled cheese burger',
        quantity: 1,
        note: 'no onions, well done',
      };
      return { type: 'OrderLinesAdded', data: { orderId, lines: [line] } };
    });
    const metadata = { commandId: randomUUID(), commandType: 'AddOrderLines', correlationId: randomUUID(), actor, ...nothing };
    await store.append({ stream: `Order-${orderId}`, expected: 0, events: added, metadata, receipt: null });
  }
};

const log = pino({ level: 'error' }, pino.destination(2));
const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
const server = await startEmbedded({ folder, durable: true, log });
try {
  await migrate(server.url);
  const pool = openPool(server.url, { name: 'bench', max: 2, log });
  const store = postgresEventStore({ pool, url: server.url });
  await fill(store);
  await store.close();
  await pool.end();
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`create database ${escapeIdentifier('restored')}`);
  await owner.end();
  const other = new URL(server.url);
  other.pathname = '/restored';
  await migrate(other.href);

  const file = path.join(folder, 'backup');
  const masterKeys = await fileMasterKeys(path.join(folder, 'master-keys'), { make: true });
  const keys = postgresKeyStore({ url: await openKeysDatabase(null, server.url), masterKeys, log });
  const figures = [
    { what: 'backup', ...(await backUp({ ownerUrl: server.url, file, keys, now: () => new Date() })) },
    { what: 'restore', ...(await restore({ ownerUrl: other.href, file, keys })) },
  ];
  await keys.close();
  for (const { what, seconds } of figures) {
    const perMillion = ((seconds / 60) * (1_000_000 / events)).toFixed(2);
    console.log(`${what.padEnd(8)} ${events} events in ${seconds.toFixed(1)} s, ${perMillion} minutes per million`);
  }
  console.log(
    `file     ${(statSync(file).size / 1e6).toFixed(1)} MB; memory, with that for making the events, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
