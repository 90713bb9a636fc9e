import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { migrate } from '../../../src/infra/postgres/migrate.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { emptyDatabase } from '../../support/postgres.ts';
import { log } from '../event-store/postgres-stores.ts';
import { asText, exported, fillLog, verifyText } from './chain-under-test.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../../src/infra/postgres/migrations');

describe('A log from before there was a chain', () => {
  it('is chained as it lies, and goes on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brigade-migrations-'));
    const before = readdirSync(MIGRATIONS).filter((name) => name < '0005');
    for (const name of before) copyFileSync(path.join(MIGRATIONS, name), path.join(folder, name));
    const database = await emptyDatabase();
    await migrate(database.url, folder);
    const pool = openPool(database.url, { name: 'test', max: 3, log });
    const store = postgresEventStore({ pool, url: database.url, log });
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    try {
      await fillLog(store, 20);
      expect(await migrate(database.url)).to.include('0005-chain.sql');
      await fillLog({ ...store, append: (append) => store.append({ ...append, stream: `${append.stream}-more` }) }, 20);
      expect(verifyText(asText(await exported(owner)))).to.deep.include({ events: await store.head() });
      expect(await store.head()).to.equal(100);
    } finally {
      await owner.end();
      await store.close();
      await pool.end();
      await database.close();
      rmSync(folder, { recursive: true });
    }
  });
});
