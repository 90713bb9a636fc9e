import { expect } from 'chai';
import { Client } from 'pg';
import { eventually } from '../../support/eventually.ts';
import { GOOD_PASSWORD, loggedIn, newEmail, registered, type Person } from '../../support/people.ts';
import { testServer, type Caller, type TestServer } from '../../support/server.ts';

type User = {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
};
type Users = { readonly items: readonly User[]; readonly next: string | null };

describe('Accounts: administration', () => {
  let server: TestServer;
  let database: Client;
  let here: string;
  let elsewhere: string;
  before(async () => {
    server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__ARGON2_MEMORY_KIB: '8192' });
    database = new Client({ connectionString: server.databaseUrl });
    await database.connect();
    here = server.locationId;
    const body = { name: 'Other', timeZone: 'UTC', currency: 'USD', dayStartsAt: '04:00' };
    elsewhere = String((await server.owner('POST', '/locations', { body, headers: { 'idempotency-key': 'l' } })).body['locationId']);
  });
  after(async () => {
    await database.end();
    await server.close();
  });

  const make = async (by: Caller, roles: readonly string[], locationIds: readonly string[] | null): Promise<Person> => {
    const email = newEmail();
    const made = await by<User>('POST', '/users', { body: { email, password: GOOD_PASSWORD, full_name: 'Bo Tern', roles, locationIds } });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return loggedIn(server, email);
  };
  const refused = async (by: Caller, roles: readonly string[], locationIds: readonly string[] | null): Promise<unknown> => {
    const body = { email: newEmail(), password: GOOD_PASSWORD, full_name: 'Bo Tern', roles, locationIds };
    const { status, body: problem } = await by('POST', '/users', { body });
    return `${status} ${String(problem['code'])}`;
  };

  it('makes people, and what it gave counts at once', async () => {
    const cook = await make(server.owner, ['cook'], [here]);
    expect((await cook.call('GET', `/kitchen/board?locationId=${here}`)).status).to.not.equal(403);
    const changed = await server.owner('PUT', `/users/${cook.id}`, { body: { roles: ['host'] } });
    expect(changed.body).to.deep.include({ roles: ['host'], locationIds: [here] });
    expect((await cook.call('GET', '/users/me')).body['roles']).to.deep.equal(['host']);
    const disabled = await server.owner('PUT', `/users/${cook.id}`, { body: { disabled: true } });
    expect(disabled.body).to.have.property('disabled', true);
    expect((await cook.call('GET', '/users/me')).status).to.equal(401);
    const trail = await server.owner<{ items: { type: string }[] }>('GET', `/audit/events?stream=Account-${cook.id}`);
    expect(trail.body.items.map(({ type }) => type)).to.deep.equal([
      'AccountRegistered',
      'AccountLoggedIn',
      'AccountGranted',
      'AccountDisabled',
    ]);
  });

  it('grants a role to who made his account himself', async () => {
    const person = await registered(server);
    const manager = await make(server.owner, ['manager'], [here]);
    const found = await manager.call<Users>('GET', `/users?email=${encodeURIComponent(person.email)}`);
    expect(found.body.items.map(({ id }) => id)).to.deep.equal([person.id]);
    const granted = await manager.call('PUT', `/users/${person.id}`, { body: { roles: ['server'], locationIds: [here] } });
    expect(granted.status).to.equal(200);
    expect((await person.call('GET', '/users/me')).body).to.deep.include({ roles: ['server'], locationIds: [here] });
  });

  it('is one location’s: others’ people do not exist', async () => {
    const manager = await make(server.owner, ['manager'], [here]);
    const stranger = await make(server.owner, ['cook'], [elsewhere]);
    const both = await make(server.owner, ['cook'], [here, elsewhere]);
    for (const { id } of [stranger, both]) {
      expect((await manager.call('GET', `/users/${id}`)).status).to.equal(404);
      expect((await manager.call('PUT', `/users/${id}`, { body: { roles: [] } })).status).to.equal(404);
      expect((await manager.call('DELETE', `/users/${id}`)).status).to.equal(404);
      expect((await manager.call<Users>('GET', `/refresh_tokens?user_id=${id}`)).body.items).to.deep.equal([]);
    }
    const { body } = await manager.call<Users>('GET', '/users?limit=300');
    for (const { locationIds } of body.items) expect([here]).to.include.members([...(locationIds ?? ['everywhere'])]);
  });

  it('gives nothing that one does not hold, and nowhere one has no say', async () => {
    const manager = await make(server.owner, ['manager'], [here]);
    expect(await refused(manager.call, ['owner'], [here])).to.equal('403 grant-beyond-own');
    expect(await refused(manager.call, ['cook'], [elsewhere])).to.equal('403 grant-beyond-own');
    expect(await refused(manager.call, ['cook'], [here, elsewhere])).to.equal('403 grant-beyond-own');
    expect(await refused(manager.call, ['cook'], null)).to.equal('403 grant-beyond-own');
    expect(await refused(manager.call, ['wizard'], [here])).to.equal('409 role-undefined');
    const cook = await make(manager.call, ['cook'], [here]);
    const up = await manager.call('PUT', `/users/${cook.id}`, { body: { roles: ['owner'] } });
    expect([up.status, up.body['code']]).to.deep.equal([403, 'grant-beyond-own']);
    expect((await manager.call('PUT', `/users/${manager.id}`, { body: { locationIds: null } })).status).to.equal(403);
  });

  it('touches nobody who holds more than oneself', async () => {
    const everywhere = await make(server.owner, ['manager'], null);
    const owner = await make(server.owner, ['owner'], null);
    for (const body of [{ password: 'a password of the manager' }, { disabled: true }, { email: newEmail() }, { second_factor: false }]) {
      const { status } = await everywhere.call('PUT', `/users/${owner.id}`, { body });
      expect(status, JSON.stringify(body)).to.equal(403);
    }
    expect((await everywhere.call('DELETE', `/users/${owner.id}`)).status).to.equal(403);
  });

  it('keeps the last owner', async () => {
    const other = await make(server.owner, ['owner'], null);
    const me = String((await server.owner('GET', '/users/me')).body['id']);
    const others = await database.query<{ id: string }>(
      "select id from users where 'owner' = any(roles) and id <> all($1) and disabled_at is null",
      [[me, other.id]],
    );
    for (const { id } of others.rows) expect((await server.owner('DELETE', `/users/${id}`)).status).to.equal(204);
    const both = await Promise.all([
      server.owner('PUT', `/users/${me}`, { body: { roles: ['manager'] } }),
      other.call('PUT', `/users/${other.id}`, { body: { disabled: true } }),
    ]);
    expect(both.map(({ status }) => status)).to.have.members([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body['code']).to.equal('last-owner');
    await database.query("update users set roles = '{owner}', disabled_at = null where id = $1", [me]);
    await eventually(
      () => server.owner<User>('GET', '/users/me'),
      ({ body }) => body.roles.includes('owner'),
    );
  });

  it('removes a person, and leaves nothing but the id', async () => {
    const cook = await make(server.owner, ['cook'], [here]);
    expect((await server.owner('DELETE', `/users/${cook.id}`)).status).to.equal(204);
    expect((await cook.call('GET', '/users/me')).status).to.equal(401);
    expect((await server.owner('GET', `/users/${cook.id}`)).status).to.equal(404);
    expect((await server.owner('DELETE', `/users/${cook.id}`)).status).to.equal(404);
    const { rows } = await database.query('select * from users where id = $1', [cook.id]);
    expect(JSON.stringify(rows))
      .to.not.match(/Tern|argon2/)
      .and.to.not.include(cook.email);
    await server.nobody('POST', '/auth/register', { body: { email: cook.email, password: GOOD_PASSWORD, full_name: 'Bo Tern' } });
    await loggedIn(server, cook.email);
  });

  it('sets a new password, which ends the sessions', async () => {
    const cook = await make(server.owner, ['cook'], [here]);
    await server.owner('PUT', `/users/${cook.id}`, { body: { password: 'nine quiet owls listen' } });
    expect((await cook.call('GET', '/users/me')).status).to.equal(401);
    await loggedIn(server, cook.email, 'nine quiet owls listen');
  });

  it('changes how one logs in oneself only for who knows his password', async () => {
    const email = newEmail();
    const owner = { email, password: GOOD_PASSWORD, full_name: 'Bo Tern', roles: ['owner'], locationIds: null };
    await server.owner('POST', '/users', { body: owner });
    const person = await loggedIn(server, email);
    const change = (body: object) => person.call('PUT', `/users/${person.id}`, { body });
    const next = newEmail();
    for (const body of [{ email: next }, { password: 'eleven green kettles hum' }, { second_factor: false }]) {
      expect((await change(body)).body['code'], JSON.stringify(body)).to.equal('current-password-required');
      expect((await change({ ...body, current_password: 'not the password' })).body['code']).to.equal('password-wrong');
    }
    expect((await change({ full_name: 'Bo Tern II' })).status).to.equal(200);
    const changed = await change({ email: next, current_password: GOOD_PASSWORD });
    expect([changed.status, changed.body['email']]).to.deep.equal([200, next]);
    const { body: trail } = await server.owner<{ items: { type: string }[] }>('GET', `/audit/events?stream=Account-${person.id}`);
    expect(trail.items.map(({ type }) => type)).to.include('AccountEmailChanged');
    expect(JSON.stringify(trail)).to.not.include(next);
    for (let n = 0; n < 5; n++) await change({ email: next, current_password: 'not the password' });
    expect((await change({ email: next, current_password: GOOD_PASSWORD })).body['code']).to.equal('account-locked');
  });

  it('gives no address away that somebody has', async () => {
    const [one, two] = [await make(server.owner, ['cook'], [here]), await make(server.owner, ['cook'], [here])];
    const { status, body } = await server.owner('PUT', `/users/${one.id}`, { body: { email: two.email } });
    expect([status, body['code']]).to.deep.equal([409, 'email-taken']);
  });

  it('lists page by page', async () => {
    const first = await server.owner<Users>('GET', '/users?limit=2');
    const second = await server.owner<Users>('GET', `/users?limit=2&after=${first.body.next}`);
    expect(new Set([...first.body.items, ...second.body.items].map(({ id }) => id)).size).to.equal(4);
    for (const odd of ['after=x', 'limit=0', 'sort=email', 'email=a&email=b'])
      expect((await server.owner('GET', `/users?${odd}`)).status, odd).to.equal(400);
  });

  describe('of roles of one’s own', () => {
    const define = (by: Caller, name: string, permissions: readonly string[], locationId: string | null) =>
      by('POST', '/roles', { body: { name, permissions, locationId } });

    it('adds permissions, counts and goes at once', async () => {
      const defined = await define(server.owner, 'stock-taker', ['stock.read', 'location.read'], null);
      expect(defined.status).to.equal(201);
      const person = await make(server.owner, ['stock-taker'], [here]);
      expect((await person.call('GET', '/locations')).status).to.equal(200);
      expect((await person.call('GET', '/users')).status).to.equal(403);
      const id = String(defined.body['id']);
      expect((await server.owner('PUT', `/roles/${id}`, { body: { permissions: ['stock.read'] } })).status).to.equal(200);
      expect((await person.call('GET', '/locations')).status).to.equal(403);
      expect((await server.owner('DELETE', `/roles/${id}`)).status).to.equal(204);
      expect((await person.call('GET', '/users/me')).body['roles']).to.deep.equal([]);
      expect((await server.owner('PUT', `/roles/${id}`, { body: { permissions: ['stock.read'] } })).status).to.equal(404);
      const trail = await server.owner<{ items: { type: string }[] }>('GET', `/audit/events?stream=Role-${id}`);
      expect(trail.body.items.map(({ type }) => type)).to.deep.equal(['RoleDefined', 'RoleChanged', 'RoleRemoved']);
    });

    it('counts only at its location, and another’s things are unknown', async () => {
      await define(server.owner, 'table-keeper', ['table.define', 'tables.read'], here);
      const person = await make(server.owner, ['table-keeper'], [here, elsewhere]);
      const table = (locationId: string, key: string) =>
        person.call('POST', '/tables', { body: { name: key, seats: 2, locationId }, headers: { 'idempotency-key': key } });
      expect((await table(here, 'in')).status, JSON.stringify((await table(here, 'in')).body)).to.equal(201);
      expect((await table(elsewhere, 'out')).status).to.equal(404);
    });

    it('is made of what one holds, where one is', async () => {
      const manager = await make(server.owner, ['manager'], [here]);
      const code = async (permissions: readonly string[], locationId: string | null, name = 'shift-lead'): Promise<string> => {
        const { status, body } = await define(manager.call, name, permissions, locationId);
        return `${status} ${String(body['code'])}`;
      };
      expect(await code(['order.void-line'], null)).to.equal('403 grant-beyond-own');
      expect(await code(['order.void-line'], elsewhere)).to.equal('403 grant-beyond-own');
      expect(await code(['order.fly'], here)).to.equal('400 permission-unknown');
      expect(await code(['*'], here)).to.equal('400 request-invalid');
      expect(await code(['order.void-line'], here, 'owner')).to.equal('409 role-exists');
      expect(await code(['order.void-line'], here)).to.equal('201 undefined');
      expect(await code(['order.void-line'], here)).to.equal('409 role-exists');
      const there = await make(server.owner, ['manager'], [elsewhere]);
      const { body } = await manager.call<{ items: { id: string; name: string }[] }>('GET', '/roles');
      const id = body.items.find(({ name }) => name === 'shift-lead')?.id;
      expect((await there.call<{ items: { name: string }[] }>('GET', '/roles')).body.items).to.deep.equal([]);
      expect((await there.call('PUT', `/roles/${id}`, { body: { permissions: ['order.open'] } })).status).to.equal(404);
      expect((await there.call('DELETE', `/roles/${id}`)).status).to.equal(404);
    });
  });
});
