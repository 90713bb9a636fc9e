import { expect } from 'chai';
import { startRedis, type RedisServer } from '../infra/jobs/redis-server.ts';
import { testServer, type TestServer } from '../support/server.ts';

const login = (server: TestServer) => server.nobody('POST', '/auth/login', { body: { email: 'nobody@brigade.test', password: 'wrong' } });

describe('HTTP: limits as they come', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector' })));
  after(() => server.close());

  it('say with each answer what is left', async () => {
    const { status, headers } = await server.owner('GET', '/menu');
    expect(status).to.equal(200);
    expect(headers.get('ratelimit-policy')).to.equal('"address";q=40000;w=2, "user";q=40000;w=2');
    expect(headers.get('ratelimit')).to.match(/^"address";r=39\d{3};t=1, "user";r=39\d{3};t=1$/);
  });

  it('stop who tries passwords, and nobody else', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 80; n++) statuses.push((await login(server)).status);
    expect(new Set(statuses)).to.deep.equal(new Set([401, 429]));
    const { status, headers, body } = await login(server);
    expect([status, body['code']]).to.deep.equal([
      429,
      headers.get('ratelimit')?.startsWith('"login"') === true ? 'rate-limited' : 'account-locked',
    ]);
    expect(Number(headers.get('retry-after'))).to.be.at.least(1);
    expect((await server.owner('GET', '/menu')).status).to.equal(200);
  });
});

describe('HTTP: limits that several processes share', () => {
  let redis: RedisServer | null;
  let server: TestServer;
  before(async function () {
    redis = await startRedis();
    if (redis === null) return this.skip();
    server = await testServer({
      APP_ROLES: 'api,projector',
      APP_REDIS__URL: redis.url,
      APP_RATE_LIMITS__TABLE: 'all address anyone * /* 1000 1',
    });
  });
  after(async () => {
    await server?.close();
  });

  it('refuse everything but the probes while Redis is away', async () => {
    expect((await server.owner('GET', '/menu')).status).to.equal(200);
    await redis?.stop();
    const { status, body } = await server.owner('GET', '/menu');
    expect([status, body['code']]).to.deep.equal([503, 'dependency-unavailable']);
    expect((await login(server)).status).to.equal(503);
    expect((await server.nobody('GET', '//health/live')).status).to.equal(200);
  });
});
