import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { backUp } from '../../src/infra/backup/backup.ts';
import { restore } from '../../src/infra/backup/restore.ts';
import { readConfig } from '../../src/infra/config.ts';
import { migrateJobs } from '../../src/infra/jobs/migrate.ts';
import { fileMasterKeys } from '../../src/infra/privacy/file-master-keys.ts';
import type { KeyStore } from '../../src/infra/privacy/key-store.ts';
import { keysUrlBeside } from '../../src/infra/privacy/keys-database.ts';
import { postgresKeyStore } from '../../src/infra/privacy/postgres-key-store.ts';
import { start } from '../../src/main/start.ts';
import { ask } from '../support/embedded.ts';
import { eventually } from '../support/eventually.ts';
import { quiet } from '../support/identity.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { openRestaurant } from '../support/restaurant.ts';
import { testServer, type TestServer } from '../support/server.ts';
import { aviary, everyRow, found, key } from './canaries.ts';

/** A backup that was made while somebody was still known, read back after he was erased. */
describe('A backup of before an erasure', function () {
  this.timeout(120_000);
  const { planted, plant } = aviary();
  const userId = randomUUID();
  const orderId = randomUUID();
  let server: TestServer;
  let keys: KeyStore;
  let folder: string;
  let file: string;
  let restored: TestDatabase;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    file = join(folder, 'evening');
    server = await testServer();
    keys = postgresKeyStore({
      url: keysUrlBeside(server.databaseUrl),
      masterKeys: await fileMasterKeys(join(server.folder, 'keys', 'master-keys'), { make: false }),
      log: quiet,
    });
    const { hamburgerId: menuItemId } = await openRestaurant(server);
    await ask(
      server.databaseUrl,
      `insert into users (id, email, full_name, password_hash, roles, created_at)
       values ('${userId}', '${plant()}@example.com', '${plant()}', 'none', '{server}', now())`,
    );
    await server.owner('POST', '/orders', {
      body: { orderId, orderType: 'takeaway', reference: 'Oak', server: plant(), serverId: userId },
      headers: key(),
    });
    for (let nth = 0; nth < 17; nth++) {
      const lines = [{ menuItemId, quantity: 1, note: plant() }];
      await server.owner('POST', `/orders/${orderId}/lines`, { body: { lines }, headers: key() });
    }
    await server.owner('POST', `/orders/${orderId}/send`, { body: {}, headers: key() });
    await server.owner('POST', `/orders/${orderId}/cancel`, { body: { reason: plant() }, headers: key() });
    expect(planted).to.have.lengthOf.at.least(20);
    await backUp({ ownerUrl: server.databaseUrl, file, keys, now: () => new Date('2026-03-01T20:00:00Z') });
    for (const subjectId of [userId, orderId]) {
      const { status } = await server.owner('POST', '/privacy/erasures', { body: { subjectId, reason: 'requested' } });
      expect(status).to.equal(201);
    }
    restored = await testDatabase();
    await migrateJobs(restored.url);
    await restore({ ownerUrl: restored.url, file, keys });
  });
  after(async () => {
    await keys.close();
    await server.close();
    await restored.close();
    await rm(folder, { recursive: true });
  });

  it('has nothing of him to the byte', async () => {
    const text = zstdDecompressSync(await readFile(file)).toString('latin1');
    expect(text).to.include('owner').and.include(orderId);
    expect(found(new Map([['file', text]]), planted)).to.deep.equal([]);
  });

  it('brings nothing of him back, and the program that starts on it erases him there too', async () => {
    expect(found(await everyRow(restored.url), planted)).to.deep.equal([]);
    const running = await start(
      readConfig({
        APP_DATA__DIR: folder,
        APP_DATABASE__URL: restored.url,
        APP_DATABASE__ALLOW_UNSAFE: 'true',
        APP_PRIVACY__KEYS_URL: keysUrlBeside(server.databaseUrl),
        APP_PRIVACY__MASTER_KEY_FILE: join(server.folder, 'keys', 'master-keys'),
        APP_SERVER__HOST: '127.0.0.1',
        APP_SERVER__PORT: '0',
        APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '',
        APP_BOOTSTRAP__OWNER_EMAIL: 'owner@example.com',
        APP_BOOTSTRAP__OWNER_PASSWORD: 'a long enough password',
      }),
      quiet,
    );
    try {
      await eventually(
        () => ask(restored.url, `select server, reference from read_models.orders where order_id = '${orderId}'`).catch(() => []),
        ([order]) => order?.['server'] === '[erased]' && order['reference'] === '[erased]',
      );
      expect(found(await everyRow(restored.url), planted)).to.deep.equal([]);
      expect(
        await ask(restored.url, `select disabled_at is not null as disabled, full_name as name from users where id = '${userId}'`),
      ).to.deep.equal([{ disabled: true, name: '[erased]' }]);
      expect(await ask(restored.url, "select count(*)::int as count from events where type = 'SubjectErased'")).to.deep.equal([
        { count: 2 },
      ]);
    } finally {
      await running.stop();
    }
  });
});
