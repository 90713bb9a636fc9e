import { expect } from 'chai';
import { Client } from 'pg';
import { enterLive } from '../../support/live-client.ts';
import { eventually } from '../../support/eventually.ts';
import { loggedIn, registered, type Person } from '../../support/people.ts';
import type { TokenPair } from '../../../src/http/ports.ts';
import { testServer, type TestServer } from '../../support/server.ts';

type Session = { readonly id: string; readonly current: boolean; readonly user_id: string; readonly method: string };
type Sessions = { readonly items: readonly Session[] };

describe('Accounts: sessions', () => {
  let server: TestServer;
  let database: Client;
  before(async () => {
    server = await testServer({ APP_AUTH__ARGON2_MEMORY_KIB: '8192' });
    database = new Client({ connectionString: server.databaseUrl });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await server.close();
  });

  const granted = async (person: Person, roles: readonly string[]): Promise<void> => {
    await database.query('update users set roles = $2, location_ids = $3 where id = $1', [person.id, roles, [server.locationId]]);
    await eventually(
      () => person.call<{ readonly roles: readonly string[] }>('GET', '/users/me'),
      ({ body }) => body.roles.length === roles.length,
    );
  };
  const until = (ask: () => Promise<{ readonly status: number }>, status: number) => eventually(ask, (answer) => answer.status === status);

  it('are listed and shown to whom they belong, never with a token', async () => {
    const first = await registered(server);
    const second = await loggedIn(server, first.email);
    const { body } = await second.call<Sessions>('GET', '/refresh_tokens');
    expect(body.items).to.have.length(2);
    expect(body.items.filter(({ current }) => current)).to.have.length(1);
    expect(body.items[0]).to.have.all.keys('id', 'user_id', 'method', 'terminalId', 'created_at', 'used_at', 'expires_at', 'current');
    const one = await second.call<Session>('GET', `/refresh_tokens/${body.items[0]?.id}`);
    expect(one.body).to.deep.equal(body.items[0]);
    expect(JSON.stringify(body)).to.not.include(second.tokens.refresh_token);
  });

  it('are nobody else’s to see or end', async () => {
    const [ada, mallory] = [await registered(server), await registered(server)];
    const { body } = await ada.call<Sessions>('GET', '/refresh_tokens');
    const id = body.items[0]?.id;
    expect((await mallory.call<Sessions>('GET', `/refresh_tokens?user_id=${ada.id}`)).body.items).to.deep.equal([]);
    expect((await mallory.call('GET', `/refresh_tokens/${id}`)).status).to.equal(404);
    expect((await mallory.call('DELETE', `/refresh_tokens/${id}`)).status).to.equal(404);
    for (const odd of ['x', "' or true --", '00000000-0000-0000-0000-000000000000'])
      expect((await ada.call('GET', `/refresh_tokens/${encodeURIComponent(odd)}`)).status).to.equal(404);
    expect((await ada.call('POST', '/refresh_tokens', { body: { value: 'mine' } })).status).to.equal(405);
    expect((await ada.call('GET', '/users/me')).status).to.equal(200);
  });

  it('are ended by their owner, with their access tokens', async () => {
    const first = await registered(server);
    const second = await loggedIn(server, first.email);
    const { body } = await second.call<Sessions>('GET', '/refresh_tokens');
    const other = body.items.find(({ current }) => !current);
    expect((await second.call('DELETE', `/refresh_tokens/${other?.id}`)).status).to.equal(204);
    expect((await first.call('GET', '/users/me')).status).to.equal(401);
    expect((await second.call('DELETE', `/refresh_tokens/${other?.id}`)).status).to.equal(404);
    expect((await server.nobody('POST', '/auth/refresh', { body: { refresh_token: first.tokens.refresh_token } })).status).to.equal(401);
    expect((await second.call('GET', '/users/me')).status).to.equal(200);
  });

  it('are ended by the owner of the restaurant, and the trail says so', async () => {
    const person = await registered(server);
    const { body } = await server.owner<Sessions>('GET', `/refresh_tokens?user_id=${person.id}`);
    expect((await server.owner('DELETE', `/refresh_tokens/${body.items[0]?.id}`)).status).to.equal(204);
    expect((await person.call('GET', '/users/me')).status).to.equal(401);
    const trail = await server.owner('GET', `/audit/events?stream=Account-${person.id}&order=newest-first&limit=1`);
    expect(trail.body['items']).to.have.nested.property('[0].data.reason', 'revoked');
  });

  it('end with the logout, by refresh token or by access token', async () => {
    for (const by of ['refresh_token', 'access_token'] as const) {
      const person = await registered(server);
      const headers = { authorization: `Bearer ${person.tokens[by]}` };
      expect((await server.nobody('POST', '/auth/logout', { headers })).status).to.equal(204);
      expect((await person.call('GET', '/users/me')).status).to.equal(401);
      expect((await server.nobody('POST', '/auth/refresh', { body: { refresh_token: person.tokens.refresh_token } })).status).to.equal(401);
      expect((await server.nobody('POST', '/auth/logout', { headers })).status).to.equal(204);
    }
  });

  it('are not ended by an access token in the place of a refresh token', async () => {
    const person = await registered(server);
    const { status } = await server.nobody('POST', '/auth/logout', { body: { refresh_token: person.tokens.access_token } });
    expect(status).to.be.oneOf([204, 400]);
    expect((await person.call('GET', '/users/me')).status).to.equal(200);
  });

  it('leave one child of 20 exchanges at once over HTTP', async () => {
    const person = await registered(server);
    const body = { refresh_token: person.tokens.refresh_token };
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.nobody<TokenPair>('POST', '/auth/refresh', { body })));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).to.equal(1);
  });

  it('lose what a role gave soon after its change, made by whomever', async () => {
    const person = await registered(server);
    await granted(person, ['server']);
    expect((await person.call('GET', '/locations')).status).to.equal(200);
    await database.query("update users set roles = '{}' where id = $1", [person.id]);
    await until(() => person.call('GET', '/locations'), 403);
    await database.query('update users set disabled_at = now() where id = $1', [person.id]);
    await until(() => person.call('GET', '/users/me'), 401);
  });

  const watching = async (person: Person) => {
    const { body } = await person.call<{ readonly ticket: string }>('POST', '/live/tickets');
    const client = await enterLive(server.baseUrl, body.ticket);
    client.send({ type: 'subscribe', id: 'k', topic: 'expo', locationId: server.locationId });
    await client.next('snapshot');
    return client;
  };

  it('close the live stream soon after a role change', async () => {
    const person = await registered(server);
    await granted(person, ['cook']);
    const client = await watching(person);
    await database.query("update users set roles = '{host}' where id = $1", [person.id]);
    expect(await client.closed).to.have.property('code', 4403);
  });

  it('close the live stream soon after logout, and after disabling', async () => {
    const person = await registered(server);
    await granted(person, ['cook']);
    const first = await watching(person);
    await server.nobody('POST', '/auth/logout', { body: { refresh_token: person.tokens.refresh_token } });
    expect(await first.closed).to.have.property('code', 4401);
    const back = await loggedIn(server, person.email);
    const second = await watching(back);
    await database.query('update users set disabled_at = now() where id = $1', [person.id]);
    expect(await second.closed).to.have.property('code', 4401);
  });

  it('take no ticket for the live stream into another life', async () => {
    const person = await registered(server);
    await granted(person, ['cook']);
    const { body } = await person.call<{ readonly ticket: string }>('POST', '/live/tickets');
    await server.nobody('POST', '/auth/logout', { body: { refresh_token: person.tokens.refresh_token } });
    const entered = await enterLive(server.baseUrl, body.ticket).catch((error: unknown) => String(error));
    expect(entered).to.match(/4401/);
  });
});
