import { expect } from 'chai';
import { Client } from 'pg';
import type { TokenPair } from '../../../src/http/ports.ts';
import { codeAt } from '../../../src/infra/identity/totp.ts';
import { eventually } from '../../support/eventually.ts';
import { GOOD_PASSWORD, registered, type Person } from '../../support/people.ts';
import { testServer, type TestServer } from '../../support/server.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const fromBase32 = (text: string): Buffer => {
  const bits = text.replaceAll(/./g, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'));
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};

describe('Accounts: the second factor', () => {
  let server: TestServer;
  let database: Client;
  before(async () => {
    server = await testServer({
      APP_ROLES: 'api,projector',
      APP_AUTH__ARGON2_MEMORY_KIB: '8192',
      APP_AUTH__SECOND_FACTOR_ROLES: 'manager,deputy',
    });
    database = new Client({ connectionString: server.databaseUrl });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await server.close();
  });

  const login = (email: string, code?: string) =>
    server.nobody<TokenPair & { readonly code?: string }>('POST', '/auth/login', {
      body: { email, password: GOOD_PASSWORD, ...(code === undefined ? {} : { code }) },
    });
  const begun = async ({ call }: Person): Promise<Buffer> => {
    const { status, body } = await call('POST', '/auth/second-factor', { body: { password: GOOD_PASSWORD } });
    expect(status).to.equal(200);
    expect(body['uri']).to.match(/^otpauth:\/\/totp\/.+secret=/);
    return fromBase32(String(body['secret']));
  };
  /** A code is good for its half minute once: the next one is taken ahead. */
  const codeIn = (secret: Buffer, steps: number): string => codeAt(secret, new Date(Date.now() + steps * 30_000));
  const enrolled = async (person: Person) => {
    const secret = await begun(person);
    const { status, body } = await person.call('POST', '/auth/second-factor/confirm', { body: { code: codeIn(secret, 0) } });
    expect(status).to.equal(200);
    return { secret, recoveryCodes: body['recovery_codes'] as readonly string[] };
  };

  it('is asked for once it is confirmed, and each code counts once', async () => {
    const person = await registered(server);
    const secret = await begun(person);
    expect((await login(person.email)).status).to.equal(200);
    expect((await person.call('POST', '/auth/second-factor/confirm', { body: { code: '000000' } })).body['code']).to.equal('code-wrong');
    expect((await person.call('POST', '/auth/second-factor/confirm', { body: { code: codeIn(secret, 0) } })).status).to.equal(200);
    const without = await login(person.email);
    expect([without.status, without.body.code]).to.deep.equal([401, 'second-factor-required']);
    expect((await login(person.email, '000000')).body.code).to.equal('code-wrong');
    const code = codeIn(secret, 1);
    const both = await Promise.all([login(person.email, code), login(person.email, code)]);
    expect(both.map(({ status }) => status)).to.have.members([200, 401]);
    const trail = await server.owner<{ items: { type: string; data: { method?: string } }[] }>(
      'GET',
      `/audit/events?stream=Account-${person.id}`,
    );
    expect(trail.body.items.map(({ type }) => type)).to.include('AccountSecondFactorEnrolled');
    expect(trail.body.items.map(({ data }) => data.method)).to.include('password-and-code');
  });

  it('has a secret and recovery codes too long to be guessed', async () => {
    const all = [await enrolled(await registered(server)), await enrolled(await registered(server))];
    for (const { secret, recoveryCodes } of all) {
      expect(secret).to.have.length(20);
      expect(recoveryCodes).to.have.length(10);
      for (const code of recoveryCodes) expect(code).to.match(/^[2-9a-hjkmnp-tv-z]{5}-[2-9a-hjkmnp-tv-z]{5}$/);
    }
    const told = all.flatMap(({ secret, recoveryCodes }) => [secret.toString('hex'), ...recoveryCodes]);
    expect(new Set(told).size).to.equal(22);
  });

  it('is replaced by a recovery code, once', async () => {
    const person = await registered(server);
    const { recoveryCodes } = await enrolled(person);
    expect(new Set(recoveryCodes).size).to.equal(10);
    const [first = ''] = recoveryCodes;
    expect((await login(person.email, first)).status).to.equal(200);
    expect((await login(person.email, first)).body.code).to.equal('code-wrong');
  });

  it('is guessed at no longer than a password', async () => {
    const person = await registered(server);
    const { secret } = await enrolled(person);
    for (let n = 0; n < 5; n++) expect((await login(person.email, '000000')).status).to.equal(401);
    expect((await login(person.email, codeIn(secret, 1))).status).to.equal(429);
  });

  it('is set up with the password, and removed with a code', async () => {
    const person = await registered(server);
    expect((await person.call('POST', '/auth/second-factor', { body: { password: 'not the password' } })).body['code']).to.equal(
      'password-wrong',
    );
    const { secret } = await enrolled(person);
    const again = await person.call('POST', '/auth/second-factor', { body: { password: GOOD_PASSWORD } });
    expect([again.status, again.body['code']]).to.deep.equal([409, 'second-factor-there']);
    expect((await person.call('POST', '/auth/second-factor/remove', { body: { code: '000000' } })).status).to.equal(400);
    expect((await person.call('POST', '/auth/second-factor/remove', { body: { code: codeIn(secret, 1) } })).status).to.equal(204);
    expect((await login(person.email)).status).to.equal(200);
  });

  it('stands sealed in the database, and is another’s nowhere', async () => {
    const [ada, mallory] = [await registered(server), await registered(server)];
    const { secret } = await enrolled(ada);
    const { rows } = await database.query<{ sealed: Buffer }>('select sealed from second_factors where user_id = $1', [ada.id]);
    expect(rows[0]?.sealed.includes(secret)).to.equal(false);
    await database.query(
      'insert into second_factors (user_id, sealed, confirmed_at) select $2, sealed, confirmed_at from second_factors where user_id = $1',
      [ada.id, mallory.id],
    );
    expect((await login(mallory.email, codeIn(secret, 1))).status).to.equal(500);
  });

  it('is needed also where the role that asks for it is one of the restaurant’s own', async () => {
    await server.owner('POST', '/roles', { body: { name: 'deputy', permissions: ['location.read'], locationId: null } });
    const person = await registered(server);
    expect((await server.owner('PUT', `/users/${person.id}`, { body: { roles: ['deputy'], locationIds: null } })).status).to.equal(200);
    const refused = await person.call('GET', '/locations');
    expect(refused.status).to.equal(403);
    await enrolled(person);
    expect((await person.call('GET', '/locations')).status).to.equal(200);
  });

  it('is needed before a role that asks for it counts', async () => {
    const person = await registered(server);
    await database.query("update users set roles = '{manager}', location_ids = $2 where id = $1", [person.id, [server.locationId]]);
    const me = await eventually(
      () => person.call<{ readonly withheld: readonly string[]; readonly roles: readonly string[] }>('GET', '/users/me'),
      ({ body }) => body.withheld.length > 0,
    );
    expect(me.body).to.deep.include({ roles: [], withheld: ['manager'] });
    const refused = await person.call('GET', '/locations');
    expect([refused.status, refused.body['code']]).to.deep.equal([403, 'second-factor-required']);
    await enrolled(person);
    expect((await person.call('GET', '/locations')).status).to.equal(200);
  });
});
