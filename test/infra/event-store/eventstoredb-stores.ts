import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import type { EventStore } from '../../../src/commands/ports.ts';
import { eventStoreDb, type EventStoreDbOptions } from '../../../src/infra/event-store/eventstoredb/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { eventStoreDbStub, type EventStoreDbStub } from '../../support/eventstoredb-stub.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

export const log = pino({ level: 'silent' });

/** A server and a database of this file's; each test has stores of its own. */
export const eventStoreDbStores = () => {
  let stub: EventStoreDbStub;
  let database: TestDatabase;
  let pool: Pool;
  let owner: Client;
  let undo: (() => Promise<void>)[] = [];

  before(async () => {
    stub = await eventStoreDbStub();
    database = await testDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
    pool = openPool(database.url, { name: 'test', max: 10, log });
  });
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    undo = [];
  });
  after(async () => {
    await pool.end();
    await owner.end();
    await database.close();
    await stub.stop();
  });

  return {
    stub: () => stub,
    /** The owner's. */
    url: () => database.url,
    owner: () => owner,
    pool: () => pool,
    open: (more: Partial<EventStoreDbOptions> = {}): EventStore => {
      const store = eventStoreDb({ url: stub.url, channels: 2, pool, log, ...more });
      undo.push(store.close);
      return store;
    },
  };
};
