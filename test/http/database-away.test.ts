import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { fickleProxy } from '../chaos/fickle-proxy.ts';
import { enterLive } from '../support/live-client.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { testServer, type TestServer } from '../support/server.ts';

const GOOD = 'seven purple herons wade';
const ASKED: readonly (readonly [who: 'nobody' | 'owner', method: string, path: string, body?: object])[] = [
  ['nobody', 'POST', '/auth/login', { email: 'owner@example.com', password: 'a long enough password' }],
  ['nobody', 'POST', '/auth/login', { email: 'nobody@example.com', password: 'wrong' }],
  ['nobody', 'POST', '/auth/register', { email: 'ada@example.com', password: GOOD, full_name: 'Ada' }],
  ['nobody', 'POST', '/auth/refresh', { refresh_token: 'A'.repeat(64) }],
  ['owner', 'GET', '/users/me'],
  ['owner', 'GET', '/users'],
  ['owner', 'GET', '/refresh_tokens'],
  ['owner', 'GET', '/menu'],
  ['owner', 'GET', '/orders'],
  ['owner', 'POST', '/live/tickets'],
  ['owner', 'POST', '/tables', { name: '9', seats: 2 }],
  ['owner', 'POST', '/terminals', { name: 'till', locationId: randomUUID() }],
  ['owner', 'PUT', '/auth/password', { current_password: 'a long enough password', new_password: GOOD }],
  ['owner', 'POST', '/auth/second-factor', { password: 'a long enough password' }],
  ['owner', 'POST', '/users', { email: 'bo@example.com', password: GOOD, full_name: 'Bo', roles: ['owner'], locationIds: null }],
];

describe('HTTP: while the database is away', () => {
  let server: TestServer;
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  let proxy: Awaited<ReturnType<typeof fickleProxy>>;
  let ticket: string;
  before(async () => {
    database = await emptyDatabase();
    proxy = await fickleProxy(database.url);
    server = await testServer({ APP_DATABASE__URL: proxy.url, APP_DATABASE__ACQUIRE_TIMEOUT_SECS: '2' });
    ticket = (await server.owner<{ readonly ticket: string }>('POST', '/live/tickets')).body.ticket;
    proxy.shut();
  });
  after(async () => {
    proxy.admit();
    await server.close();
    await proxy.close();
    await database.close();
  });

  for (const [who, method, path, body] of ASKED) {
    it(`refuses ${method} ${path} of ${who}`, async () => {
      const answer = await server[who](method, path, body === undefined ? {} : { body, headers: { 'idempotency-key': randomUUID() } });
      expect([answer.status, answer.body['code']]).to.deep.equal([503, 'dependency-unavailable']);
    });
  }

  it('cuts the download of the log off', async () => {
    const answer = await server.owner('GET', '/audit/export').catch((error: unknown) => error);
    expect(answer).to.be.instanceOf(TypeError);
  });

  it('lets nobody into the live stream with a ticket given before', async () => {
    const entered = await enterLive(server.baseUrl, ticket).then(
      () => 'entered',
      (error: unknown) => String(error),
    );
    expect(entered).to.match(/closed/);
  });

  it('says that it lives', async () => {
    expect((await server.nobody('GET', '//health/live')).status).to.equal(200);
    expect((await server.nobody('GET', '//health/ready')).status).to.equal(503);
  });
});
