import { expect } from 'chai';
import { DatabaseError, type Pool } from 'pg';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { twice } from '../../src/infra/postgres/twice.ts';
import { openSession, type Session } from '../../src/infra/postgres/session.ts';
import { fickleProxy, type FickleProxy } from '../chaos/fickle-proxy.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { log } from './projections/read-models.ts';

const lossOf = async ({ lost }: Session): Promise<unknown> => {
  if (!lost.aborted) await new Promise((resolve) => lost.addEventListener('abort', resolve, { once: true }));
  return lost.reason;
};

describe('A connection to PostgreSQL that goes silent without being closed', function () {
  this.timeout(20_000);
  let database: TestDatabase;
  let proxy: FickleProxy;
  let pool: Pool;
  before(async () => {
    database = await testDatabase();
    proxy = await fickleProxy(database.url);
    pool = openPool(proxy.url, { name: 'silent', max: 3, statementTimeoutMs: 10_000, log });
  });
  after(async () => {
    await pool.end();
    await proxy.close();
    await database.close();
  });

  it('ends the session on both sides, and frees its locks', async () => {
    const session = await openSession(proxy.url, { name: 'silent session' });
    await session.client.query('select pg_advisory_lock(1)');
    expect(proxy.silence('silent session')).to.equal(1);
    expect(await lossOf(session)).to.match(/gone silent/);
    const { rows } = await pool.query<{ free: boolean }>('select pg_try_advisory_lock(1) as free');
    expect(rows[0]?.free).to.equal(true);
    await session.close();
  });

  it('is told from one whose statement takes long', async () => {
    const session = await openSession(proxy.url, { name: 'busy session' });
    const { rows } = await session.client.query<{ done: string }>("select 'done' as done from pg_sleep(2.5)");
    expect(rows[0]?.done).to.equal('done');
    expect(session.lost.aborted).to.equal(false);
    await session.close();
  });

  it('does not keep a pool’s readers waiting, not even those that would have got its next one', async () => {
    await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.05)')));
    expect(proxy.silence('brigade silent')).to.equal(3);
    for (let nth = 0; nth < 3; nth++) await twice(() => pool.query('select'));
  });

  it('gives its place in the pool back, where all are taken', async () => {
    await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.05)')));
    expect(proxy.silence('brigade silent')).to.equal(3);
    const failed = Array.from({ length: 3 }, () => pool.query('select').catch((error: unknown) => error));
    await pool.query('select');
    for (const failure of await Promise.all(failed)) expect(failure).to.match(/gone silent/);
  });

  it('is told in a pool from one whose statement takes long, and from one that waits for a lock', async () => {
    const holder = await pool.connect();
    await holder.query('select pg_advisory_lock(2)');
    const waiting = pool.query<{ done: string }>("select pg_advisory_lock(2), 'done' as done");
    const { rows: slow } = await pool.query<{ done: string }>("select 'done' as done from pg_sleep(1.5)");
    await holder.query('select pg_advisory_unlock(2)');
    holder.release();
    expect([slow[0]?.done, (await waiting).rows[0]?.done]).to.deep.equal(['done', 'done']);
    await pool.query('select pg_advisory_unlock_all()');
  });
});

describe('Work that may be done twice', () => {
  it('is done again where the connection was lost, and not where the server refused', async () => {
    const done = async (error: Error): Promise<readonly unknown[]> => {
      let tries = 0;
      try {
        const outcome = await twice(async () => {
          if (++tries === 1) throw error;
          return 'done';
        });
        return [tries, outcome];
      } catch (failure) {
        return [tries, failure];
      }
    };
    expect(await done(new Error('Connection terminated'))).to.deep.equal([2, 'done']);
    const refusal = Object.assign(new DatabaseError('no', 0, 'error'), { severity: 'ERROR' });
    expect(await done(refusal)).to.deep.equal([1, refusal]);
  });
});
