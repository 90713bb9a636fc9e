import { expect } from 'chai';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { reachable, type Db } from '../../../src/infra/identity/db.ts';
import { granted, identityAt, PASSWORD, place, someone, standingClock, type Place } from '../../support/identity.ts';

describe('Identity: who may still come in', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  /** Somebody whose token was seen, and a count of the statements sent since. */
  const seen = async () => {
    const clock = standingClock();
    const user = await someone(here.pool);
    let statements = 0;
    let away = false;
    const query: Db['query'] = (statement) => {
      statements += 1;
      return away ? Promise.reject(new Error('connect ECONNREFUSED')) : here.pool.query(statement);
    };
    const { identity } = await identityAt(here, clock, { db: reachable({ query }) });
    const token = granted(await identity.login(user.email, PASSWORD)).access_token;
    await identity.refreshUsers();
    await identity.verify(token);
    statements = 0;
    return { clock, user, identity, token, statements: () => statements, cut: () => void (away = true) };
  };

  it('asks the database nothing for a token and a user seen before', async () => {
    const { identity, token, statements, clock, user } = await seen();
    for (let n = 0; n < 100; n++) expect(await identity.verify(token)).to.have.property('userId', user.id);
    clock.pass(4);
    await identity.verify(token);
    expect(statements()).to.equal(0);
  });

  it('knows a disabled user at the next refresh', async () => {
    const { identity, token, user } = await seen();
    await here.pool.query('update users set disabled_at = now() where id = $1', [user.id]);
    await identity.refreshUsers();
    expect(await identity.verify(token)).to.equal(null);
  });

  it('knows changed roles and locations without a new token', async () => {
    const { identity, token, user } = await seen();
    await here.pool.query(`update users set roles = '{host}', location_ids = '{l1}' where id = $1`, [user.id]);
    await identity.refreshUsers();
    expect(await identity.verify(token)).to.deep.include({ roles: ['host'], locationIds: ['l1'] });
  });

  it('knows at the next refresh when all tokens of a user are called back', async () => {
    const { identity, token, user } = await seen();
    await here.pool.query('update users set token_version = token_version + 1 where id = $1', [user.id]);
    await identity.refreshUsers();
    expect(await identity.verify(token)).to.equal(null);
  });

  it('knows at the next refresh when a session ends or runs out', async () => {
    const ended = await seen();
    await here.pool.query('update sessions set ended_at = clock_timestamp() where user_id = $1', [ended.user.id]);
    await ended.identity.refreshUsers();
    expect(await ended.identity.verify(ended.token)).to.equal(null);
    const over = await seen();
    await here.pool.query('update sessions set expires_at = $2 where user_id = $1', [over.user.id, over.clock.now()]);
    await over.identity.refreshUsers();
    expect(await over.identity.verify(over.token)).to.equal(null);
  });

  it('asks nothing for a session that is known to be over', async () => {
    const { identity, token, user, statements } = await seen();
    await here.pool.query('update sessions set ended_at = clock_timestamp() where user_id = $1', [user.id]);
    await identity.refreshUsers();
    for (let n = 0; n < 10; n++) expect(await identity.verify(token)).to.equal(null);
    expect(statements()).to.equal(1);
  });

  it('sees a change that was stamped before a refresh and committed after it', async () => {
    const { identity, token, user } = await seen();
    const client = await here.pool.connect();
    await client.query('begin');
    await client.query('update users set disabled_at = now() where id = $1', [user.id]);
    await identity.refreshUsers();
    expect(await identity.verify(token)).to.have.property('userId', user.id);
    await client.query('commit');
    client.release();
    await identity.refreshUsers();
    expect(await identity.verify(token)).to.equal(null);
  });

  it('asks the database each time where refreshes have stopped', async () => {
    const { identity, token, user, clock, statements } = await seen();
    await here.pool.query('update users set disabled_at = now() where id = $1', [user.id]);
    clock.pass(6);
    expect(await identity.verify(token)).to.equal(null);
    expect(statements()).to.equal(1);
  });

  it('admits nobody on old knowledge while the database is away', async () => {
    const { identity, token, clock, user, cut } = await seen();
    cut();
    expect(await identity.verify(token)).to.have.property('userId', user.id);
    clock.pass(6);
    const error = await identity.verify(token).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(DependencyDown);
  });
});
