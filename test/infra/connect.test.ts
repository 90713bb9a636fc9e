import { expect } from 'chai';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { sql } from 'slonik';
import { DependencyDown } from '../../src/commands/ports.ts';
import { listen } from '../../src/infra/postgres/connect-listen.ts';
import { openPool, openQueries } from '../../src/infra/postgres/connect.ts';
import { DatabaseNotDurable, requireDurable } from '../../src/infra/postgres/durability.ts';
import { fickleProxy } from '../chaos/fickle-proxy.ts';
import { thrownBy } from './event-store/thrown-by.ts';
import { ask, listenedLog } from '../support/embedded.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

const log = pino({ level: 'silent' });

/** What a listener was told, and a way to wait for more. */
const ear = () => {
  const heard: string[] = [];
  const waiting: { readonly count: number; readonly resolve: (heard: readonly string[]) => void }[] = [];
  return {
    onNotify: (channel: string, payload: string): void => {
      heard.push(`${channel}:${payload}`);
      for (const { count, resolve } of waiting) if (heard.length >= count) resolve(heard);
    },
    first: (count: number) =>
      new Promise<readonly string[]>((resolve) => {
        if (heard.length >= count) resolve(heard);
        else waiting.push({ count, resolve });
      }),
  };
};

describe('Connections', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await testDatabase();
    pool = openPool(database.url, { name: 'test', max: 2, log });
  });
  after(async () => {
    await pool.end();
    await database.close();
  });

  it('outlive the loss of one that is taken out and asks nothing at the moment', async () => {
    const client = await pool.connect();
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await ask(database.url, `select pg_terminate_backend(${rows[0]?.pid})`);
    await ended;
    client.release(true);
    expect((await pool.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
  });

  const session = "select current_user as role, current_setting('search_path') as path, current_setting('TimeZone') as zone";

  it('work as the program, not as the owner', async () => {
    expect((await pool.query(session)).rows).to.deep.equal([{ role: 'brigade_app', path: 'public,read_models', zone: 'UTC' }]);
    const error = await pool.query('create table public.mine ()').catch((refused: Error) => refused.message);
    expect(error).to.match(/permission denied/);
  });

  it('keep what the URL asked for besides', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c work_mem=9MB');
    const other = openPool(url.href, { name: 'test', max: 1, log });
    const { rows } = await other.query("select current_user as role, current_setting('work_mem') as memory");
    await other.end();
    expect(rows).to.deep.equal([{ role: 'brigade_app', memory: '9MB' }]);
  });

  it('read rows the way the read models write them', async () => {
    const queries = await openQueries(database.url, { name: 'test', max: 1, log });
    const row = await queries.one(sql.unsafe`
      select 7::int8 as item_count, sum(n) as line_total, '2018-01-31 12:05:06.789+02'::timestamptz as opened_at,
        date '2018-01-31' as business_day, null::timestamptz as closed_at, '{"a_b": 1}'::json as some_lines from generate_series(1, 3) n`);
    expect(row).to.deep.equal({
      itemCount: 7,
      lineTotal: 6,
      openedAt: '2018-01-31T10:05:06.789Z',
      businessDay: '2018-01-31',
      closedAt: null,
      someLines: { a_b: 1 },
    });
    expect(await queries.one(sql.unsafe`select current_user as role`)).to.deep.equal({ role: 'brigade_app' });
    await queries.end();
  });

  describe('for questions', () => {
    const one = sql.unsafe`select 1 as one`;

    it('are asked again where they have gone silent', async () => {
      const proxy = await fickleProxy(database.url);
      const queries = await openQueries(proxy.url, { name: 'test', max: 2, log });
      try {
        expect(await queries.one(one)).to.deep.equal({ one: 1 });
        expect(proxy.silence('brigade test')).to.equal(1);
        expect(await queries.one(one)).to.deep.equal({ one: 1 });
      } finally {
        await queries.end();
        await proxy.close();
      }
    });

    it('say that the database is down, and pass on what it says itself', async () => {
      const queries = await openQueries('postgres://nobody@127.0.0.1:1/nothing', { name: 'test', max: 1, log });
      expect(await thrownBy(queries.one(one)))
        .to.be.instanceOf(DependencyDown)
        .with.property('dependency', 'database');
      await queries.end();
      const there = await openQueries(database.url, { name: 'test', max: 1, log });
      expect(await thrownBy(there.one(sql.unsafe`select 1 / 0`))).to.have.property('code', '22012');
      expect(await there.one(one)).to.deep.equal({ one: 1 });
      await there.end();
    });

    it('have no transactions', async () => {
      const queries = await openQueries(database.url, { name: 'test', max: 1, log });
      expect(String(await thrownBy(queries.transaction((within) => within.one(one))))).to.match(/outside of transactions/);
      await queries.end();
    });
  });

  describe('that listen', () => {
    it('pass notices on', async () => {
      const { onNotify, first } = ear();
      const close = await listen(database.url, ['soup', 'bread'], onNotify, { log });
      await pool.query("notify soup, 'hot'");
      await pool.query('notify bread');
      expect(await first(2)).to.deep.equal(['soup:hot', 'bread:']);
      await close();
    });

    it('listen again when they are lost, and say that something may have been missed', async () => {
      const { onNotify, first } = ear();
      const close = await listen(database.url, ['soup', 'bread'], onNotify, { log });
      await ask(
        database.url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'brigade listener' and datname = current_database()",
      );
      expect(await first(2)).to.deep.equal(['soup:', 'bread:']);
      await pool.query("notify soup, 'hot again'");
      expect((await first(3))[2]).to.equal('soup:hot again');
      await close();
    });

    it('can be closed while the database is away', async () => {
      const heard = listenedLog();
      const away = await testDatabase();
      const close = await listen(away.url, ['soup'], () => undefined, { log: heard });
      await away.close();
      await heard.heard('trying again');
      await close();
    });

    it('fail at once where there is no database', async () => {
      const nowhere = new URL(database.url);
      nowhere.pathname = '/nowhere';
      const error = await listen(nowhere.href, ['soup'], () => undefined, { log }).catch((refused: Error) => refused.message);
      expect(error).to.match(/database "nowhere" does not exist/);
    });
  });

  describe('to a database that may lose commits', () => {
    it("are refused with the settings' names", async () => {
      const error = await requireDurable(pool, { allowUnsafe: false, log }).catch((refused: unknown) => refused);
      expect(error).to.be.instanceOf(DatabaseNotDurable).with.property('code', 'database-not-durable');
      expect(error).to.have.deep.property('settings', ['fsync', 'full_page_writes', 'synchronous_commit']);
    });

    it('are allowed where that was said', () => requireDurable(pool, { allowUnsafe: true, log }));
  });
});
