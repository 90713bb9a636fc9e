import { expect } from 'chai';
import type { TokenPair } from '../../src/http/ports.ts';
import { authRoutes } from '../../src/http/routes/auth.ts';
import type { Accounts, MeView } from '../../src/http/account-ports.ts';
import { jwksRoutes } from '../../src/http/routes/jwks.ts';
import { meRoutes } from '../../src/http/routes/me.ts';
import { identityAt, PASSWORD, place, someone, standingClock, type Place } from '../support/identity.ts';
import { serveRoutes, type Served } from '../support/serve-routes.ts';

type Problem = { readonly status: number; readonly code: string };

describe('HTTP: login and who is asking', () => {
  let here: Place;
  let served: Served;
  const clock = standingClock();

  before(async () => {
    here = await place();
    const { whole: identity } = await identityAt(here, clock);
    const accounts = { me: async (principal) => principal as unknown as MeView } as Pick<Accounts, 'me'> as Accounts;
    served = await serveRoutes(identity, { open: [authRoutes(identity, accounts), jwksRoutes(identity)], guarded: [meRoutes(accounts)] });
  });
  after(async () => {
    await served.close();
    await here.close();
  });

  const post = (path: string, body?: unknown, token?: string): Promise<Response> =>
    fetch(`${served.url}/api/v1/auth/${path}`, {
      method: 'POST',
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const me = (token?: string): Promise<Response> =>
    fetch(`${served.url}/api/v1/users/me`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });
  const problemIn = async (answer: Response): Promise<Problem> => {
    expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/);
    return (await answer.json()) as Problem;
  };
  const signedIn = async (): Promise<TokenPair> => {
    const user = await someone(here.pool, { roles: ['server'] });
    const answer = await post('login', { email: user.email, password: PASSWORD });
    expect(answer.status).to.equal(200);
    return (await answer.json()) as TokenPair;
  };

  it('logs in, and says who one is', async () => {
    const user = await someone(here.pool, { roles: ['server'], locationIds: ['l1'] });
    const answer = await post('login', { email: user.email, password: PASSWORD });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const tokens = (await answer.json()) as TokenPair;
    expect(tokens).to.have.all.keys('access_token', 'refresh_token', 'token_type', 'expires_in');
    const known = await me(tokens.access_token);
    expect(known.headers.get('cache-control')).to.equal('no-store');
    expect(await known.json()).to.deep.include({
      userId: user.id,
      name: 'Ada Cook',
      roles: ['server'],
      locationIds: ['l1'],
      terminalId: null,
    });
  });

  it('refuses a wrong password and an unknown address with the same words', async () => {
    const user = await someone(here.pool);
    const wrong = await post('login', { email: user.email, password: 'something else' });
    const unknown = await post('login', { email: 'nobody@brigade.test', password: 'something else' });
    expect([wrong.status, unknown.status]).to.deep.equal([401, 401]);
    const problem = await problemIn(wrong);
    expect(problem).to.include({ status: 401, code: 'invalid-credentials' });
    expect(await problemIn(unknown)).to.deep.equal(problem);
  });

  it('says when a locked account may be tried again', async () => {
    const user = await someone(here.pool);
    for (let n = 0; n < 3; n++) await post('login', { email: user.email, password: 'wrong' });
    const locked = await post('login', { email: user.email, password: PASSWORD });
    expect(locked.status).to.equal(429);
    expect(locked.headers.get('retry-after')).to.equal('900');
    expect(await problemIn(locked)).to.have.property('code', 'account-locked');
  });

  it('tells the owner of a disabled account', async () => {
    const user = await someone(here.pool);
    await here.pool.query('update users set disabled_at = now() where id = $1', [user.id]);
    const answer = await post('login', { email: user.email, password: PASSWORD });
    expect(answer.status).to.equal(403);
    expect(await problemIn(answer)).to.have.property('code', 'account-disabled');
  });

  it('asks for an address and a password, and takes nothing else', async () => {
    const bodies = [
      undefined,
      {},
      { email: 'a@b.test' },
      { email: 'a@b.test', password: '' },
      { email: 7, password: 'x' },
      { email: 'a@b.test', password: 'x'.repeat(2000) },
      { email: 'a@b.test', password: 'x', role: 'owner' },
      '{"email":',
      '[]',
    ];
    for (const body of bodies) expect((await post('login', body)).status, JSON.stringify(body)).to.equal(400);
  });

  it('exchanges a refresh token, sent in the body or as Bearer', async () => {
    const first = await signedIn();
    const inBody = await post('refresh', { refresh_token: first.refresh_token });
    expect(inBody.status).to.equal(200);
    const second = (await inBody.json()) as TokenPair;
    const asBearer = await post('refresh', undefined, second.refresh_token);
    expect(asBearer.status).to.equal(200);
    const third = (await asBearer.json()) as TokenPair;
    expect((await me(third.access_token)).status).to.equal(200);
  });

  it('refuses a used refresh token, and one that is none', async () => {
    const first = await signedIn();
    await post('refresh', { refresh_token: first.refresh_token });
    clock.pass(60);
    const used = await post('refresh', { refresh_token: first.refresh_token });
    expect(used.status).to.equal(401);
    expect(used.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"');
    expect(await problemIn(used)).to.have.property('code', 'invalid-refresh-token');
    const missing = await post('refresh', {}, first.access_token);
    expect(missing.status).to.equal(400);
    expect(await problemIn(missing)).to.have.property('code', 'refresh-token-missing');
  });

  it('logs out', async () => {
    const { access_token: access, refresh_token: refresh } = await signedIn();
    const out = await post('logout', { refresh_token: refresh }, access);
    expect(out.status).to.equal(204);
    expect((await post('refresh', { refresh_token: refresh })).status).to.equal(401);
  });

  it('lets nobody ask who he is without a valid access token', async () => {
    const { refresh_token: refresh, access_token: access } = await signedIn();
    for (const token of [undefined, '', 'nonsense', refresh, `${access}x`]) {
      const answer = await me(token);
      expect(answer.status, token).to.equal(401);
      expect(answer.headers.get('www-authenticate')).to.equal('Bearer');
    }
  });

  it('publishes the keys', async () => {
    const answer = await fetch(`${served.url}/.well-known/jwks.json`);
    expect(answer.headers.get('content-type')).to.equal('application/jwk-set+json');
    expect(answer.headers.get('cache-control')).to.equal('public, max-age=300');
    const { keys } = (await answer.json()) as { readonly keys: readonly object[] };
    expect(keys).to.have.length(1);
    expect(keys[0]).to.have.all.keys('kty', 'n', 'e', 'kid', 'alg', 'use');
  });
});
