import { pino } from 'pino';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { testDatabase } from '../../support/postgres.ts';
import { eventStoreContract } from './contract.ts';

eventStoreContract('PostgreSQL', async () => {
  const database = await testDatabase();
  const log = pino({ level: 'silent' });
  const pool = openPool(database.url, { name: 'test', max: 20, log });
  return {
    open: () => postgresEventStore({ pool, url: database.url, log }),
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
});
