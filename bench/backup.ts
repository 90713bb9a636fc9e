import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { backUp } from '../src/infra/backup/backup.ts';
import { restore } from '../src/infra/backup/restore.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { eventsOf, say, told, NO_TIMES, type Measured, type Options, type Row } from './report.ts';
import { fillerOf } from './support/fill.ts';
import { log, withServer } from './support/server.ts';
import { fileMasterKeys } from '../src/infra/privacy/file-master-keys.ts';
import { openKeysDatabase } from '../src/infra/privacy/keys-database.ts';
import { postgresKeyStore } from '../src/infra/privacy/postgres-key-store.ts';

const filled = async (url: string, events: number): Promise<void> => {
  const pool = openPool(url, { name: 'bench', max: 2, log });
  const store = postgresEventStore({ pool, url });
  await (await fillerOf(store)).fillTo(events);
  await store.close();
  await pool.end();
};

const row = (what: string, events: number, seconds: number): Row => ({
  what,
  at: eventsOf(events),
  perSecond: Math.round(events / seconds),
  ...NO_TIMES,
});

/** How long a backup and a restore of a log of so many events take. */
export const backupAndRestore = ({ events }: Pick<Options, 'events'>): Promise<Measured> =>
  withServer({ durable: true }, async (server) => {
    say(`filling a log with ${eventsOf(events)}`);
    const from = await server.migrated('ours');
    await filled(from, events);
    const to = await server.migrated('restored');
    const file = path.join(server.folder, 'backup');
    const masterKeys = await fileMasterKeys(path.join(server.folder, 'master-keys'), { make: true });
    const keys = postgresKeyStore({ url: await openKeysDatabase(null, from), masterKeys, log });
    say('backup and restore');
    const backup = await backUp({ ownerUrl: from, file, keys, now: () => new Date() });
    const restored = await restore({ ownerUrl: to, file, keys });
    const megabytes = (statSync(file).size / 1e6).toFixed(0);
    rmSync(file);
    await keys.close();
    return {
      rows: [row('backup', events, backup.seconds), row('restore', events, restored.seconds)],
      notes: [server.settings, `The backup of ${eventsOf(events)} is a file of ${megabytes} MB.`],
    };
  });

if (import.meta.main) {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
  console.log(told(await backupAndRestore({ events: Number(values.events) })));
}
