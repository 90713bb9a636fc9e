import { expect } from 'chai';
import type { TokenPair } from '../../../src/http/ports.ts';
import { eventually } from '../../support/eventually.ts';
import { GOOD_PASSWORD, loggedIn, newEmail, registered } from '../../support/people.ts';
import { testServer, type TestServer } from '../../support/server.ts';

type Trail = { readonly items: readonly { readonly type: string; readonly actorId: string; readonly data: unknown }[] };

describe('Accounts: one’s own', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__ARGON2_MEMORY_KIB: '8192' })));
  after(() => server.close());

  const trailOf = async (userId: string) => {
    const { body } = await server.owner<Trail>('GET', `/audit/events?stream=Account-${userId}`);
    return body.items.map(({ type }) => type);
  };

  it('is made by anyone, and can do nothing until granted a role', async () => {
    const person = await registered(server);
    const me = await person.call('GET', '/users/me');
    expect(me.body).to.deep.include({ full_name: 'Ada Quill', email: person.email, roles: [], locationIds: [], preferences: {} });
    expect((await person.call('GET', '/locations')).status).to.equal(403);
    expect(await trailOf(person.id)).to.deep.equal(['AccountRegistered', 'AccountLoggedIn']);
  });

  it('tells nobody whether an address is taken', async () => {
    const person = await registered(server);
    const body = { email: person.email, password: 'another heron stands alone', full_name: 'Mallory' };
    const again = await server.nobody('POST', '/auth/register', { body });
    const fresh = await server.nobody('POST', '/auth/register', { body: { ...body, email: newEmail() } });
    expect([again.status, fresh.status]).to.deep.equal([201, 201]);
    expect(Object.keys(again.body)).to.deep.equal(Object.keys(fresh.body));
    expect((await person.call('GET', '/users/me')).body).to.have.property('full_name', 'Ada Quill');
    expect((await server.nobody('POST', '/auth/login', { body: { email: person.email, password: body.password } })).status).to.equal(401);
  });

  it('refuses passwords that are short, long, common or the person’s own name', async () => {
    const refused = async (password: string): Promise<unknown> => {
      const { status, body } = await server.nobody('POST', '/auth/register', {
        body: { email: 'quentin.marlowe@example.com', password, full_name: 'Quentin Marlowe' },
      });
      expect(status, password).to.equal(400);
      return body['code'];
    };
    expect(await refused('eleven char')).to.equal('password-length');
    expect(await refused('x y'.repeat(43))).to.equal('password-length');
    for (const common of ['password1234', 'P@ssw0rd2024!', 'qwertyuiop12', 'Iloveyou!!!!!', 'aaaaaaaaaaaa', '123456789012'])
      expect(await refused(common), common).to.equal('password-common');
    for (const own of ['quentin.marlowe1', 'MarloweQuentin', 'quentin.marlowe@example.com'])
      expect(await refused(own), own).to.equal('password-personal');
  });

  it('takes nothing that a person may not say of himself', async () => {
    const sent = { email: newEmail(), password: GOOD_PASSWORD, full_name: 'Mallory' };
    for (const more of [{ roles: ['owner'] }, { locationIds: null }, { id: 'x' }, { refresh_token: 'x' }])
      expect((await server.nobody('POST', '/auth/register', { body: { ...sent, ...more } })).status).to.equal(400);
    const person = await registered(server);
    for (const more of [{ roles: ['owner'] }, { locationIds: null }, { email: 'owner@example.com' }])
      expect((await person.call('PUT', '/users/me', { body: more })).status).to.equal(400);
  });

  it('has a name and preferences that one keeps oneself', async () => {
    const person = await registered(server);
    const preferences = { theme: 'dark', notifications: true };
    const changed = await person.call('PUT', '/users/me', { body: { preferences } });
    expect(changed.body).to.deep.include({ full_name: 'Ada Quill', preferences });
    await person.call('PUT', '/users/me', { body: { full_name: 'Ada Heron' } });
    expect((await person.call('GET', '/users/me')).body).to.deep.include({ full_name: 'Ada Heron', preferences });
    const large = await person.call('PUT', '/users/me', { body: { preferences: { text: 'x'.repeat(20_000) } } });
    expect([large.status, large.body['code']]).to.deep.equal([400, 'preferences-too-large']);
  });

  it('changes its password for who knows the old one, and ends the other sessions', async () => {
    const person = await registered(server);
    const other = await loggedIn(server, person.email);
    const wrong = await person.call('PUT', '/auth/password', {
      body: { current_password: 'not the password', new_password: 'nine quiet owls listen' },
    });
    expect([wrong.status, wrong.body['code']]).to.deep.equal([400, 'password-wrong']);
    const weak = await person.call('PUT', '/auth/password', { body: { current_password: GOOD_PASSWORD, new_password: 'password1234' } });
    expect(weak.body['code']).to.equal('password-common');
    const done = await person.call('PUT', '/auth/password', {
      body: { current_password: GOOD_PASSWORD, new_password: 'nine quiet owls listen' },
    });
    expect(done.status).to.equal(204);
    expect((await person.call('GET', '/users/me')).status).to.equal(200);
    expect((await server.nobody('POST', '/auth/refresh', { body: { refresh_token: other.tokens.refresh_token } })).status).to.equal(401);
    expect((await server.nobody('POST', '/auth/login', { body: { email: person.email, password: GOOD_PASSWORD } })).status).to.equal(401);
    await loggedIn(server, person.email, 'nine quiet owls listen');
    expect(await trailOf(person.id)).to.include('AccountPasswordChanged');
  });

  it('locks the guessing of the old password', async () => {
    const person = await registered(server);
    const body = { current_password: 'not the password', new_password: 'nine quiet owls listen' };
    for (let n = 0; n < 5; n++) expect((await person.call('PUT', '/auth/password', { body })).status).to.equal(400);
    expect((await person.call('PUT', '/auth/password', { body: { ...body, current_password: GOOD_PASSWORD } })).status).to.equal(429);
  });

  it('writes down who was refused, without a name or an address', async () => {
    const person = await registered(server);
    await server.nobody('POST', '/auth/login', { body: { email: person.email, password: 'not the password' } });
    expect(await trailOf(person.id)).to.deep.equal(['AccountRegistered', 'AccountLoggedIn', 'AccountLoginRefused']);
    await server.nobody('POST', '/auth/login', { body: { email: newEmail(), password: 'not the password' } });
    expect(await trailOf('unknown')).to.include('AccountLoginRefused');
    const { body } = await server.owner<Trail>('GET', '/audit/events?limit=300');
    expect(JSON.stringify(body)).to.not.match(/@example\.com|Quill|127\.0\.0\.1/);
  });

  it('lets a device it knows in while strangers’ guesses lock the account', async () => {
    const email = (await registered(server)).email;
    const login = (password: string, cookie?: string) =>
      server.nobody<TokenPair>('POST', '/auth/login', {
        body: { email, password },
        ...(cookie === undefined ? {} : { headers: { cookie } }),
      });
    const known = await login(GOOD_PASSWORD);
    const set = known.headers.get('set-cookie') ?? '';
    expect(set).to.match(/^brigade_device=[\w-]{43}; path=\/api\/v1\/auth; expires=.+; samesite=strict; httponly$/);
    const cookie = set.split(';')[0] ?? '';
    for (let n = 0; n < 5; n++) expect((await login('not the password')).status).to.equal(401);
    expect((await login(GOOD_PASSWORD)).status).to.equal(429);
    expect((await login(GOOD_PASSWORD, 'brigade_device=guessed')).status).to.equal(429);
    expect((await login(GOOD_PASSWORD, cookie)).status).to.equal(200);
    for (let n = 0; n < 5; n++) expect((await login('not the password', cookie)).status).to.equal(401);
    expect((await login(GOOD_PASSWORD, cookie)).status).to.equal(429);
  });
});

describe('Accounts: behind TLS', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector', APP_SERVER__TRUSTED_PROXIES: '1' })));
  after(() => server.close());

  it('tell a known device by a cookie that only this host can set, and only over TLS', async () => {
    const { email } = await registered(server);
    const login = (password: string, cookie = '') =>
      server.nobody<TokenPair>('POST', '/auth/login', {
        body: { email, password },
        headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1', cookie },
      });
    const set = (await login(GOOD_PASSWORD)).headers.get('set-cookie') ?? '';
    expect(set).to.match(/^__Host-brigade_device=[\w-]{43}; path=\/; expires=.+; samesite=strict; secure; httponly$/);
    const cookie = set.split(';')[0] ?? '';
    for (let n = 0; n < 5; n++) await login('not the password');
    expect((await login(GOOD_PASSWORD, cookie.replace('__Host-', ''))).status).to.equal(429);
    expect((await login(GOOD_PASSWORD, cookie)).status).to.equal(200);
  });
});

describe('Accounts: where everybody needs a password of his own', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__OWN_PASSWORDS: 'true' })));
  after(() => server.close());

  it('one that another chose opens nothing but the way to one’s own', async () => {
    const email = newEmail();
    const body = { email, password: GOOD_PASSWORD, full_name: 'Ada Quill', roles: ['manager'], locationIds: null };
    expect((await server.owner('POST', '/users', { body })).status).to.equal(201);
    const person = await loggedIn(server, email);
    expect((await person.call('GET', '/users/me')).body).to.deep.include({ roles: [], withheld: ['manager'] });
    const refused = await person.call('GET', '/locations');
    expect([refused.status, refused.body['code']]).to.deep.equal([403, 'own-password-required']);
    const own = { current_password: GOOD_PASSWORD, new_password: 'eleven green kettles hum' };
    expect((await person.call('PUT', '/auth/password', { body: own })).status).to.equal(204);
    await eventually(
      () => person.call('GET', '/locations'),
      ({ status }) => status === 200,
    );
    const reset = await server.owner('PUT', `/users/${person.id}`, { body: { password: GOOD_PASSWORD } });
    expect(reset.status).to.equal(200);
    expect((await (await loggedIn(server, email)).call('GET', '/locations')).status).to.equal(403);
  });

  it('one that he made his account with is his own', async () => {
    const person = await registered(server);
    await server.owner('PUT', `/users/${person.id}`, { body: { roles: ['server'], locationIds: null } });
    expect((await person.call('GET', '/locations')).status).to.equal(200);
  });
});

describe('Accounts: where registration is closed', () => {
  let server: TestServer;
  before(async () => void (server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__REGISTRATION_OPEN: 'false' })));
  after(() => server.close());

  it('makes none', async () => {
    const { status, body } = await server.nobody('POST', '/auth/register', {
      body: { email: newEmail(), password: GOOD_PASSWORD, full_name: 'Ada Quill' },
    });
    expect([status, body['code']]).to.deep.equal([403, 'registration-closed']);
  });
});
