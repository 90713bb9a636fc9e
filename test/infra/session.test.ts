import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { Pool } from 'pg';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { hedged } from '../../src/infra/postgres/hedged.ts';
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
    pool = openPool(proxy.url, { name: 'silent', max: 3, statementTimeoutMs: 500, log });
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
    const begun = performance.now();
    for (let nth = 0; nth < 3; nth++) await hedged(pool, () => pool.query('select'));
    expect(performance.now() - begun).to.be.lessThan(2_000);
  });

  it('lets a failure through at once, and a slow answer late', async () => {
    const failing = await hedged(pool, () => Promise.reject(new Error('no'))).catch((error: unknown) => error);
    expect(failing).to.have.property('message', 'no');
    let asked = 0;
    const slow = async (): Promise<string> => {
      asked++;
      await pause(asked === 1 ? 1_000 : 5_000);
      return 'late';
    };
    expect(await hedged(pool, slow)).to.equal('late');
    expect(asked).to.equal(2);
  });
});
