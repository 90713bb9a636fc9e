import { pino } from 'pino';
import { eventStoreDb } from '../../../src/infra/event-store/eventstoredb/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { eventStoreDbStub } from '../../support/eventstoredb-stub.ts';
import { testDatabase } from '../../support/postgres.ts';
import { eventStoreContract, type Log } from './contract.ts';

const log = pino({ level: 'silent' });

const overEventStoreDb = async (url: string, stop: () => Promise<void>): Promise<Log> => {
  const database = await testDatabase();
  const pool = openPool(database.url, { name: 'test', max: 20, log });
  return {
    open: () => eventStoreDb({ url, pool, log }),
    close: async () => {
      await pool.end();
      await database.close();
      await stop();
    },
  };
};

eventStoreContract('EventStoreDB, over its wire protocol', async () => {
  const stub = await eventStoreDbStub();
  return overEventStoreDb(stub.url, stub.stop);
});

const realServer = process.env['APP_EVENTSTORE__URL'];
if (realServer !== undefined) {
  eventStoreContract('EventStoreDB, a real server', () => overEventStoreDb(realServer, () => Promise.resolve()));
}
