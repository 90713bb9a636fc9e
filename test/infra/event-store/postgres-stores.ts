import { expect } from 'chai';
import { Client } from 'pg';
import { pino } from 'pino';
import type { EventStore } from '../../../src/commands/ports.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

export const log = pino({ level: 'silent' });

type Opening = {
  readonly url?: string;
  readonly listenUrl?: string;
  readonly onAppended?: (events: number, size: number) => void;
};

/** Stores, each with a pool of its own, on a database of this file's; what a test opens is closed after it. */
export const postgresStores = () => {
  let database: TestDatabase;
  let owner: Client;
  let undo: (() => Promise<void>)[] = [];

  before(async () => {
    database = await testDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
  });
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    undo = [];
  });
  after(async () => {
    await owner.end();
    await database.close();
  });

  return {
    url: () => database.url,
    owner: () => owner,
    afterwards: (step: () => Promise<void>): void => void undo.push(step),
    open: ({ url = database.url, listenUrl = database.url, onAppended = () => undefined }: Opening = {}): EventStore => {
      const pool = openPool(url, { name: 'test', max: 5, log });
      const store = postgresEventStore({ pool, url: listenUrl, log, onAppended });
      undo.push(async () => {
        await store.close();
        await pool.end();
      });
      return store;
    },
    cutAllConnections: async (): Promise<void> => {
      await owner.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
    positionsHaveNoGap: async (): Promise<void> => {
      const { rows } = await owner.query<{ events: string; last: string; head: string }>(
        'select count(*) as events, max(position) as last, (select position from log_head) as head from events',
      );
      expect(rows[0]?.last).to.equal(rows[0]?.events);
      expect(rows[0]?.head).to.equal(rows[0]?.last);
    },
  };
};
