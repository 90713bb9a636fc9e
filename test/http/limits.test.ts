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

/** What a stolen access token could be used to guess with: each line is a bucket of its own. */
const GUESSED: readonly (readonly [line: string, method: string, path: string, body: object, honest: number])[] = [
  ['factors', 'POST', '/auth/second-factor', { password: 'wrong' }, 5],
  ['factors', 'POST', '/auth/second-factor/confirm', { code: '000000' }, 5],
  ['factors', 'POST', '/auth/second-factor/remove', { code: '000000' }, 5],
  ['secrets', 'PUT', '/auth/password', { current_password: 'wrong', new_password: 'seven purple herons wade' }, 5],
  ['own-pins', 'POST', '/users/me/pin', { password: 'wrong' }, 5],
];

describe('HTTP: limits of what guards an account', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__ARGON2_MEMORY_KIB: '8192' })));
  after(() => server.close());

  for (const [line, method, path, body, honest] of GUESSED) {
    it(`stop who tries ${method} ${path}, and nobody else`, async () => {
      const thief = await server.as(['server']);
      const answers = [];
      for (let n = 0; n < 30; n++) answers.push(await thief(method, path, { body }));
      const limited = answers.filter(({ headers }) => headers.get('ratelimit')?.includes(`"${line}";r=0`));
      expect(limited.filter(({ status, body: { code } }) => status === 429 && code === 'rate-limited')).to.have.length.at.least(5);
      const before = answers.slice(0, honest).filter(({ body: { code } }) => code === 'rate-limited');
      expect(before).to.deep.equal([]);
      expect((await thief('GET', '/menu')).status).to.equal(200);
      const other = await server.as(['server']);
      expect((await other(method, path, { body })).body['code']).to.not.equal('rate-limited');
    });
  }
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
