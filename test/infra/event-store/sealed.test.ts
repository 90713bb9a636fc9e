import { pino } from 'pino';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { keyring } from '../../../src/infra/privacy/keyring.ts';
import { sealedEventStore } from '../../../src/infra/privacy/sealed-event-store.ts';
import { testDatabase } from '../../support/postgres.ts';
import { memoryKeyStore } from '../privacy/memory-key-store.ts';
import { eventStoreContract } from './contract.ts';

eventStoreContract('PostgreSQL, sealed', async () => {
  const database = await testDatabase();
  const log = pino({ level: 'silent' });
  const pool = openPool(database.url, { name: 'test', max: 20, log });
  const keys = keyring({ store: memoryKeyStore(), now: () => 0 });
  const metrics = { sealed: () => undefined, unreadable: () => undefined };
  return {
    open: () => sealedEventStore({ store: postgresEventStore({ pool, url: database.url, log }), keys, log, metrics }),
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
});
