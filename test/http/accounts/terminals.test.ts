import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Client } from 'pg';
import { eventually } from '../../support/eventually.ts';
import { GOOD_PASSWORD, newEmail, loggedIn, type Person } from '../../support/people.ts';
import { openRestaurant, type Restaurant } from '../../support/restaurant.ts';
import { testServer, type Caller, type TestServer } from '../../support/server.ts';

type Tokens = { readonly access_token: string; readonly refresh_token: string; readonly terminalId: string };
type Event = {
  readonly type: string;
  readonly actorId: string;
  readonly terminalId: string | null;
  readonly data: { readonly [name: string]: unknown };
};

describe('Accounts: shared terminals', () => {
  let server: TestServer;
  let restaurant: Restaurant;
  let database: Client;
  let here: string;
  let elsewhere: string;
  before(async () => {
    server = await testServer({ APP_ROLES: 'api,projector', APP_AUTH__ARGON2_MEMORY_KIB: '8192' });
    restaurant = await openRestaurant(server);
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

  const enrolled = async (name: string, locationId = here): Promise<Caller> => {
    const { status, body } = await server.owner<Tokens>('POST', '/terminals', { body: { name, locationId } });
    expect(status, JSON.stringify(body)).to.equal(201);
    return server.withToken(body.access_token);
  };
  const make = async (
    roles: readonly string[],
    locationIds: readonly string[] | null = [here],
  ): Promise<Person & { readonly pin: string }> => {
    const email = newEmail();
    await server.owner('POST', '/users', { body: { email, password: GOOD_PASSWORD, full_name: 'Bo Tern', roles, locationIds } });
    const person = await loggedIn(server, email);
    const { status, body } = await person.call('POST', '/users/me/pin', { body: { password: GOOD_PASSWORD } });
    expect(status).to.equal(200);
    expect(body['pin']).to.match(/^\d{6}$/);
    return { ...person, pin: String(body['pin']) };
  };
  const signIn = (terminal: Caller, pin: string) => terminal<Tokens & { readonly code?: string }>('POST', '/auth/pin', { body: { pin } });
  /** A PIN that nobody has. */
  const wrongPin = (...pins: readonly string[]): string => ['111111', '222222', '333333'].find((pin) => !pins.includes(pin)) ?? '';
  const keyed = () => ({ 'idempotency-key': randomUUID() });

  it('are enrolled once, and do what a terminal may at their location', async () => {
    const till = await enrolled('till');
    expect((await till('GET', '/users/me')).body).to.deep.include({ roles: ['terminal'], terminalId: 'till', locationIds: [here] });
    expect((await till('GET', '/users')).status).to.equal(403);
    const again = await server.owner('POST', '/terminals', { body: { name: 'till', locationId: here } });
    expect([again.status, again.body['code']]).to.deep.equal([409, 'terminal-exists']);
    const { body } = await server.owner<{ items: { terminalId: string }[] }>('GET', '/terminals');
    expect(body.items.map(({ terminalId }) => terminalId)).to.include('till');
    for (const email of ['till@terminal.invalid', 'TILL2@TERMINAL.INVALID']) {
      const squat = await server.nobody('POST', '/auth/register', { body: { email, password: GOOD_PASSWORD, full_name: 'Mallory' } });
      expect(squat.status).to.equal(400);
    }
    for (const password of ['', ' ', GOOD_PASSWORD])
      expect((await server.nobody('POST', '/auth/login', { body: { email: 'till@terminal.invalid', password } })).status).to.be.oneOf([
        400, 401,
      ]);
  });

  it('know by a PIN who stands at them', async () => {
    const bar = await enrolled('bar');
    const person = await make(['server'], [here, elsewhere]);
    const { status, body } = await signIn(bar, person.pin);
    expect(status).to.equal(200);
    const call = server.withToken(body.access_token);
    expect((await call('GET', '/users/me')).body).to.deep.include({
      id: person.id,
      terminalId: 'bar',
      locationIds: [here],
      roles: ['server'],
    });
    const opened = await call('POST', '/orders', { body: { orderType: 'takeaway' }, headers: keyed() });
    expect(opened.status, JSON.stringify(opened.body)).to.equal(201);
    const trail = await server.owner<{ items: Event[] }>('GET', `/audit/events?stream=Order-${String(opened.body['orderId'])}`);
    expect(trail.body.items[0]).to.deep.include({ actorId: person.id, terminalId: 'bar' });
    expect((await call('DELETE', '/refresh_tokens/x')).status).to.equal(404);
  });

  it('open no more with a PIN than the floor needs', async () => {
    const pass = await enrolled('pass');
    const owner = await make(['owner'], null);
    const call = server.withToken((await signIn(pass, owner.pin)).body.access_token);
    expect((await call('GET', '/locations')).status).to.equal(200);
    for (const path of ['/users', '/roles', '/jobs', '/audit/events']) expect((await call('GET', path)).status, path).to.equal(403);
    const own = [
      call('PUT', '/users/me', { body: { full_name: 'Mallory' } }),
      call('PUT', '/auth/password', { body: { current_password: GOOD_PASSWORD, new_password: 'nine quiet owls listen' } }),
      call('POST', '/users/me/pin', { body: { password: GOOD_PASSWORD } }),
      call('POST', '/auth/second-factor', { body: { password: GOOD_PASSWORD } }),
    ];
    for (const { status, body } of await Promise.all(own)) expect([status, body['code']]).to.deep.equal([403, 'password-login-required']);
    expect((await signIn(call, owner.pin)).status).to.equal(403);
  });

  it('take PINs only of people of their location, and from terminals alone', async () => {
    const patio = await enrolled('patio');
    const stranger = await make(['server'], [elsewhere]);
    const refused = await signIn(patio, stranger.pin);
    expect([refused.status, refused.body.code]).to.deep.equal([401, 'pin-wrong']);
    const person = await make(['server']);
    expect((await signIn(person.call, person.pin)).body.code).to.equal('terminal-required');
    expect((await server.nobody('POST', '/auth/pin', { body: { pin: person.pin } })).status).to.equal(401);
    for (const pin of ['12345', '1234567', 'abcdef', 123456])
      expect((await patio('POST', '/auth/pin', { body: { pin } })).status).to.equal(400);
  });

  it('are locked, each by itself, when PINs are guessed at them', async () => {
    const [one, two] = [await enrolled('one'), await enrolled('two')];
    const person = await make(['server']);
    for (let n = 0; n < 5; n++) expect((await signIn(one, wrongPin(person.pin))).status).to.equal(401);
    expect((await signIn(one, person.pin)).status).to.equal(429);
    expect((await signIn(two, person.pin)).status).to.equal(200);
    const trail = await server.owner<{ items: Event[] }>('GET', '/audit/events?type=AccountLocked&order=newest-first&limit=1');
    expect(trail.body.items[0]?.data).to.include({ of: 'terminal', userId: null });
  });

  it('keep no PIN that could be guessed from the database', async () => {
    const person = await make(['server']);
    const { rows } = await database.query<{ pin_hmac: Buffer }>('select pin_hmac from pins where user_id = $1', [person.id]);
    expect(rows[0]?.pin_hmac).to.have.length(32);
    const again = await person.call('POST', '/users/me/pin', { body: { password: GOOD_PASSWORD } });
    const booth = await enrolled('booth');
    expect((await signIn(booth, String(again.body['pin']))).status).to.equal(200);
  });

  it('end a person’s session with his account', async () => {
    const cellar = await enrolled('cellar');
    const person = await make(['server']);
    const call = server.withToken((await signIn(cellar, person.pin)).body.access_token);
    expect((await call('GET', '/users/me')).status).to.equal(200);
    await server.owner('PUT', `/users/${person.id}`, { body: { disabled: true } });
    expect((await call('GET', '/users/me')).status).to.equal(401);
    expect((await signIn(cellar, person.pin)).status).to.equal(401);
  });

  describe('a void that a manager approves', () => {
    let desk: Caller;
    let waiter: Caller;
    let manager: Person & { readonly pin: string };
    let server1: Person & { readonly pin: string };
    before(async () => {
      desk = await enrolled('desk');
      server1 = await make(['server']);
      manager = await make(['manager']);
      waiter = server.withToken((await signIn(desk, server1.pin)).body.access_token);
    });

    const fired = async (): Promise<{ readonly orderId: string; readonly lineId: string }> => {
      const orderId = randomUUID();
      const lineId = randomUUID();
      await waiter('POST', '/orders', { body: { orderId, orderType: 'takeaway' }, headers: keyed() });
      await waiter('POST', `/orders/${orderId}/lines`, {
        body: { lines: [{ lineId, menuItemId: restaurant.hamburgerId, quantity: 1 }] },
        headers: keyed(),
      });
      await waiter('POST', `/orders/${orderId}/send`, { headers: keyed() });
      return { orderId, lineId };
    };
    const voided = ({ orderId, lineId }: { orderId: string; lineId: string }, approval?: string, by: Caller = waiter, key = keyed()) =>
      by('POST', `/orders/${orderId}/lines/${lineId}/void`, {
        body: { reason: 'dropped' },
        headers: { ...key, ...(approval === undefined ? {} : { approval }) },
      });
    const approved = (subject: string, pin = manager.pin, by: Caller = waiter) =>
      by<{ approval: string; approved_by: string; code?: string }>('POST', '/auth/approvals', {
        body: { pin, permission: 'order.void-line', subject },
      });

    it('happens, and says who did it and who approved', async () => {
      const line = await fired();
      expect((await voided(line)).status).to.equal(403);
      const { status, body } = await approved(line.lineId);
      expect([status, body.approved_by]).to.deep.equal([200, 'Bo Tern']);
      const key = keyed();
      const done = await voided(line, body.approval, waiter, key);
      expect(done.status, JSON.stringify(done.body)).to.equal(200);
      // Three minutes later.
      await database.query("update approvals set expires_at = expires_at - interval '3 minutes'");
      expect((await voided(line, body.approval, waiter, key)).body).to.deep.equal(done.body);
      const trail = await server.owner<{ items: Event[] }>('GET', `/audit/events?stream=Order-${line.orderId}&type=OrderLineVoided`);
      expect(trail.body.items[0]).to.deep.include({ actorId: server1.id, terminalId: 'desk' });
      expect(trail.body.items[0]?.data).to.include({ approvedBy: manager.id });
      const given = await server.owner<{ items: Event[] }>('GET', `/audit/events?stream=Account-${manager.id}&type=AccountApprovalGiven`);
      expect(given.body.items[0]?.data).to.include({ permission: 'order.void-line', subject: line.lineId });
    });

    it('happens among many commands, where only the one approved is', async () => {
      const [line, other] = [await fired(), await fired()];
      const { approval } = (await approved(line.lineId)).body;
      const voiding = (data: object, word?: string) => ({
        type: 'VoidOrderLine',
        key: randomUUID(),
        data: { ...data, reason: 'dropped' },
        ...(word === undefined ? {} : { approval: word }),
      });
      const commands = [voiding(line), voiding(line, approval), voiding(other, approval), voiding(other, 'x'.repeat(43))];
      const { body } = await waiter<{ outcomes: { status: number; body: { code?: string } }[] }>('POST', '/commands', {
        body: { commands },
      });
      expect(body.outcomes.map((outcome) => [outcome.status, outcome.body.code])).to.deep.equal([
        [403, 'permission-missing'],
        [200, undefined],
        [403, 'approval-void'],
        [403, 'approval-void'],
      ]);
      const trail = await server.owner<{ items: Event[] }>('GET', `/audit/events?stream=Order-${line.orderId}&type=OrderLineVoided`);
      expect(trail.body.items[0]?.data).to.include({ approvedBy: manager.id });
    });

    it('refuses an approval for another line, at another terminal, or that is too old', async () => {
      const [line, other] = [await fired(), await fired()];
      const { approval } = (await approved(line.lineId)).body;
      expect((await voided(other, approval)).body['code']).to.equal('approval-void');
      expect((await voided(line, 'x'.repeat(43))).body['code']).to.equal('approval-void');
      expect((await voided(line, approval, server1.call)).body['code']).to.equal('approval-void');
      const elsewhereAtIt = server.withToken((await signIn(await enrolled('door'), server1.pin)).body.access_token);
      expect((await voided(line, approval, elsewhereAtIt)).body['code']).to.equal('approval-void');
      await database.query("update approvals set expires_at = now() - interval '1 second'");
      expect((await voided(line, approval)).body['code']).to.equal('approval-void');
    });

    it('refuses an approval of who may not approve, and opens nothing else', async () => {
      const line = await fired();
      const colleague = await make(['server']);
      const refused = await approved(line.lineId, colleague.pin);
      expect([refused.status, refused.body.code]).to.deep.equal([403, 'approver-not-permitted']);
      expect((await approved(line.lineId, wrongPin(manager.pin, colleague.pin))).status).to.equal(401);
      const { approval } = (await approved(line.lineId)).body;
      const close = await waiter('POST', `/orders/${line.orderId}/cancel`, { body: { reason: 'x' }, headers: { ...keyed(), approval } });
      expect([close.status, close.body['code']]).to.deep.equal([403, 'approval-void']);
      await database.query('update users set disabled_at = now() where id = $1', [manager.id]);
      expect((await voided(line, approval)).body['code']).to.equal('approval-void');
      await database.query('update users set disabled_at = null where id = $1', [manager.id]);
      await eventually(
        () => manager.call('GET', '/users/me'),
        ({ status }) => status === 200,
      );
    });
  });
});
