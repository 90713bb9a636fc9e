import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { fickleProxy, type FickleProxy } from '../chaos/fickle-proxy.ts';
import { ask } from '../support/embedded.ts';
import { eventually } from '../support/eventually.ts';
import { emptyDatabase, type TestDatabase } from '../support/postgres.ts';
import { testServer, type Caller, type TestServer } from '../support/server.ts';

describe('Without the key store', function () {
  this.timeout(60_000);
  let keys: TestDatabase;
  let proxy: FickleProxy;
  let server: TestServer;
  let newcomer: Caller;
  before(async () => {
    keys = await emptyDatabase();
    proxy = await fickleProxy(keys.url);
    server = await testServer({ APP_PRIVACY__KEYS_URL: proxy.url });
    newcomer = await server.as(['server']);
    proxy.shut();
  });
  after(async () => {
    proxy.admit();
    await server.close();
    await proxy.close();
    await keys.close();
  });

  const events = async (): Promise<unknown> => (await ask(server.databaseUrl, 'select count(*)::int as count from events'))[0]?.['count'];

  it('refuses what would say something of a person, and writes nothing', async () => {
    const before = await events();
    const shiftId = randomUUID();
    const { status, body } = await newcomer('POST', '/shifts', { body: { shiftId }, headers: { 'idempotency-key': shiftId } });
    expect([status, body['code']]).to.deep.equal([503, 'dependency-unavailable']);
    expect(body['detail']).to.include('key store');
    expect(await events()).to.equal(before);
  });

  it('goes on with what is about nobody', async () => {
    expect((await server.owner('POST', '/tables', { body: { name: '9', seats: 2 } })).status).to.equal(201);
  });

  it('erases nobody, and says so', async () => {
    const { body: me } = await newcomer<{ readonly id: string }>('GET', '/users/me');
    const { status } = await server.owner('POST', '/privacy/erasures', { body: { subjectId: me.id, reason: 'requested' } });
    expect(status).to.equal(503);
    expect((await newcomer('GET', '/users/me')).status).to.equal(200);
  });

  it('takes the same again once it is back', async () => {
    proxy.admit();
    const shiftId = randomUUID();
    await eventually(
      async () => (await newcomer('POST', '/shifts', { body: { shiftId }, headers: { 'idempotency-key': shiftId } })).status,
      (status) => status === 201,
    );
  });
});
