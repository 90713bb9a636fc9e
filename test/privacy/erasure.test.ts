import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Pool } from 'pg';
import type { Log } from '../../src/http/ports.ts';
import { readConfig } from '../../src/infra/config.ts';
import { passwordsAtStart } from '../../src/infra/identity/passwords.ts';
import { openLog } from '../../src/infra/telemetry/log.ts';
import { start } from '../../src/main/start.ts';
import { eventually } from '../support/eventually.ts';
import { PASSWORD } from '../support/identity.ts';
import { connectLive } from '../support/live-client.ts';
import { openRestaurant } from '../support/restaurant.ts';
import { testServer, type Caller, type TestServer } from '../support/server.ts';
import { aviary, everyRow, found, key } from './canaries.ts';

type Person = { readonly id: string; readonly canaries: readonly string[] };

/** Everything that a person may ask of the API, as text. */
const ASKED = [
  '/orders?limit=200',
  '/kitchen/board',
  '/kitchen/all-day',
  '/shifts',
  '/tables',
  '/alerts',
  '/audit/events?limit=200',
  '/audit/export',
  '/jobs',
  '/stock-items',
];

describe('Erasing a person', function () {
  this.timeout(120_000);
  let server: TestServer;
  let pool: Pool;
  let folder: string;
  let menuItemId: string;
  let stockItemId: string;
  const logged: string[] = [];
  const log = openLog({ level: 'trace', destination: { write: (line) => void logged.push(line) } }) as Log;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    server = await testServer({}, log);
    pool = new Pool({ connectionString: server.databaseUrl, max: 1 });
    const restaurant = await openRestaurant(server);
    menuItemId = restaurant.hamburgerId;
    stockItemId = restaurant.beefId;
  });
  after(async () => {
    await pool.end();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const send = async (caller: Caller, path: string, body: object, method = 'POST') => {
    const reply = await caller<{ readonly position: number; readonly lineIds: readonly string[] }>(method, path, { body, headers: key() });
    if (reply.status >= 300) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };

  const login = async (email: string): Promise<Caller> => {
    const { body } = await server.nobody<{ readonly access_token: string }>('POST', '/auth/login', { body: { email, password: PASSWORD } });
    return (method, path, options = {}) =>
      server.nobody(method, path, { ...options, headers: { ...options.headers, authorization: `Bearer ${body.access_token}` } });
  };

  /** Somebody who waits at table, clocks in, throws food away, and whose name others write down too. */
  const waiter = async (): Promise<Person> => {
    const { planted, plant } = aviary();
    const id = randomUUID();
    const email = `${plant()}@example.com`;
    await pool.query('insert into users (id, email, full_name, password_hash, roles, created_at) values ($1, $2, $3, $4, $5, now())', [
      id,
      email,
      plant(),
      await passwordsAtStart.hash(PASSWORD),
      ['server', 'purchaser'],
    ]);
    const own = await login(email);
    await send(own, '/shifts', {});
    for (let nth = 0; nth < 4; nth++)
      await send(own, `/stock-items/${stockItemId}/waste`, { quantity: { amount: 1, unit: 'g' }, reason: 'spilled', note: plant() });
    for (let nth = 0; nth < 7; nth++) await send(own, '/orders', { orderType: 'takeaway', server: plant() });
    for (let nth = 0; nth < 6; nth++) {
      const orderId = randomUUID();
      await send(server.owner, '/orders', { orderId, orderType: 'takeaway', server: plant(), serverId: id });
      await send(server.owner, `/orders/${orderId}/lines`, { lines: [{ menuItemId, quantity: 1 }] });
      await send(server.owner, `/orders/${orderId}/send`, {});
    }
    await send(own, '/orders', { orderType: 'takeaway', reference: '17', server: plant() });
    return { id, canaries: planted };
  };

  /** Guests who are called by their name, ask for much, and of whom something is said when it goes wrong. */
  const guests = async (): Promise<Person> => {
    const { planted, plant } = aviary();
    const orderId = randomUUID();
    await send(server.owner, '/orders', { orderId, orderType: 'takeaway', reference: plant().slice(0, 20) });
    planted.push((planted.pop() ?? '').slice(0, 20));
    const { lineIds } = await send(server.owner, `/orders/${orderId}/lines`, {
      lines: Array.from({ length: 12 }, () => ({ menuItemId, quantity: 1, note: plant() })),
    });
    const [first, second, third] = lineIds;
    await send(server.owner, `/orders/${orderId}/lines/${first}`, { note: plant() }, 'PUT');
    await send(server.owner, `/orders/${orderId}/send`, {});
    await send(server.owner, `/kitchen/tickets/${orderId}.1/bump`, {});
    await send(server.owner, `/kitchen/tickets/${orderId}.1/recall`, {});
    await send(server.owner, `/orders/${orderId}/lines/${second}/void`, { reason: plant() });
    await send(server.owner, `/orders/${orderId}/lines/${third}/void`, { reason: plant() });
    for (let nth = 0; nth < 3; nth++)
      await send(server.owner, `/orders/${orderId}/lines`, { lines: [{ menuItemId, quantity: 1, note: plant() }] });
    await send(server.owner, `/orders/${orderId}/cancel`, { reason: plant() });
    return { id: orderId, canaries: planted };
  };

  const told = async (caller: Caller): Promise<ReadonlyMap<string, string>> => {
    const answers = await Promise.all(
      ASKED.map(async (path): Promise<readonly [string, string]> => {
        const { status, body } = await caller('GET', path);
        if (status !== 200) throw new Error(`${path} answers ${status}`);
        return [path, typeof body === 'string' ? body : JSON.stringify(body)];
      }),
    );
    return new Map(answers);
  };

  const erase = async ({ id }: Person) => {
    const { status, body } = await server.owner('POST', '/privacy/erasures', { body: { subjectId: id, reason: 'requested' } });
    expect(status, JSON.stringify(body)).to.equal(201);
    return eventually(
      async () => (await server.owner<{ readonly clearedAt: string | null }>('GET', `/privacy/erasures/${id}`)).body,
      ({ clearedAt }) => clearedAt !== null,
    );
  };

  const figures = async (): Promise<unknown> => {
    const { rows } = await pool.query(
      `select (select json_agg(t order by type) from (select type, count(*) from events where type <> 'SubjectErased' group by type) t) as events,
        (select json_agg(json_build_array(order_id, status, total, paid) order by order_id) from read_models.orders) as orders,
        (select json_agg(json_build_array(shift_id, status) order by shift_id) from read_models.shift_roster) as shifts`,
    );
    return rows[0];
  };

  /** Policies have done what is to be done because of what happened, and read models have what came of it. */
  const quiet = async (): Promise<void> => {
    const text = `select (select min(position) from policy_checkpoints) >= (select position from log_head)
      and (select min(position) from projection_checkpoints where not building) >= (select position from log_head) as quiet`;
    const ask = async () => (await pool.query<{ readonly quiet: boolean }>(text)).rows[0]?.quiet;
    await eventually(ask, (isQuiet) => isQuiet === true);
  };

  for (const [who, meet] of [
    ['one of the staff', waiter],
    ['an order’s guests', guests],
  ] as const) {
    it(`leaves nothing of ${who}, and all that happened`, async () => {
      const person = await meet();
      expect(person.canaries, 'canaries').to.have.lengthOf.at.least(20);
      await send(server.owner, '/tables', { name: 'x', seats: 2 });
      await quiet();
      const before = await everyRow(server.databaseUrl);
      expect(found(new Map([['events', before.get('public.events') ?? '']]), person.canaries), 'in the log, before').to.deep.equal([]);
      expect(found(before, person.canaries), 'somewhere, before').to.not.deep.equal([]);
      const asked = new Set(found(await told(server.owner), person.canaries).map((one) => one.split(': ')[1]));
      expect(asked.size, 'shown by the API, before').to.be.at.least(10);
      const whole = await figures();

      await erase(person);

      expect(found(await everyRow(server.databaseUrl), person.canaries), 'in the database').to.deep.equal([]);
      expect(found(await told(server.owner), person.canaries), 'in the API').to.deep.equal([]);
      expect(found(new Map([['log', logged.join('')]]), person.canaries), 'in the log of the process').to.deep.equal([]);
      const { body: kept } = await server.owner('GET', `/privacy/exports/${person.id}`);
      expect(found(new Map([['export', JSON.stringify(kept)]]), person.canaries)).to.deep.equal([]);
      expect(await figures()).to.deep.equal(whole);
    });
  }

  it('says in the log who did it and why, once', async () => {
    const person = await guests();
    await erase(person);
    await erase(person);
    const { body } = await server.owner<{ readonly events: readonly { readonly data: object }[] }>(
      'GET',
      `/audit/streams/Subject-${person.id}`,
    );
    expect(body.events.map(({ data }) => data)).to.have.length(1);
    expect(body.events[0]?.data).to.include({ subjectId: person.id, kind: 'guest', reason: 'requested' });
  });

  it('reaches every process', async () => {
    const other = await start(
      readConfig({
        APP_ROLES: 'api',
        APP_DATA__DIR: server.folder,
        APP_DATABASE__URL: server.databaseUrl,
        APP_DATABASE__ALLOW_UNSAFE: 'true',
        APP_SERVER__HOST: '127.0.0.1',
        APP_SERVER__PORT: '0',
        APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '',
        APP_BOOTSTRAP__OWNER_EMAIL: 'owner@example.com',
        APP_BOOTSTRAP__OWNER_PASSWORD: PASSWORD,
      }),
      log,
    );
    try {
      const { body: token } = await server.nobody<{ readonly access_token: string }>('POST', '/auth/login', {
        body: { email: 'owner@example.com', password: PASSWORD },
      });
      const person = await guests();
      const seen = async (): Promise<string> => {
        const answer = await fetch(`http://127.0.0.1:${other.port}/api/v1/audit/streams/Order-${person.id}`, {
          headers: { authorization: `Bearer ${token.access_token}` },
        });
        return answer.text();
      };
      expect(found(new Map([['there', await seen()]]), person.canaries)).to.have.lengthOf.at.least(10);
      await erase(person);
      await eventually(seen, (text) => found(new Map([['there', text]]), person.canaries).length === 0);
    } finally {
      await other.stop();
    }
  });

  it('reaches the screens that are looked at', async () => {
    const orderId = randomUUID();
    const { planted, plant } = aviary();
    await send(server.owner, '/orders', { orderId, orderType: 'takeaway' });
    await send(server.owner, `/orders/${orderId}/lines`, { lines: [{ menuItemId, quantity: 1, note: plant() }] });
    const { position } = await send(server.owner, `/orders/${orderId}/send`, {});
    await server.owner('GET', `/kitchen/board?min-position=${position}`);
    const { body } = await server.owner<{ readonly ticket: string }>('POST', '/live/tickets');
    const screen = await connectLive(server.baseUrl);
    const shows = (frame: unknown): boolean => planted.some((one) => JSON.stringify(frame).includes(one));
    try {
      screen.send({ type: 'authenticate', ticket: body.ticket });
      await screen.next('welcome');
      screen.send({ type: 'subscribe', id: 'grill', topic: 'kitchen', locationId: server.locationId, station: 'grill' });
      expect(shows(await screen.next('snapshot'))).to.equal(true);
      await erase({ id: orderId, canaries: planted });
      await screen.next('snapshot', (frame) => !shows(frame));
    } finally {
      await screen.leave();
    }
  });

  it('ends the account', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = randomUUID();
    await pool.query(
      "insert into users (id, email, full_name, password_hash, roles, created_at) values ($1, $2, 'X', $3, '{server}', now())",
      [id, email, await passwordsAtStart.hash(PASSWORD)],
    );
    const own = await login(email);
    expect((await own('GET', '/users/me')).status).to.equal(200);
    await erase({ id, canaries: [] });
    await eventually(
      async () => (await own('GET', '/users/me')).status,
      (status) => status === 401,
    );
    expect((await server.nobody('POST', '/auth/login', { body: { email, password: PASSWORD } })).status).to.equal(401);
  });

  it('gives a person what is kept, and nobody else without the permission', async () => {
    const person = await waiter();
    await quiet();
    const { status, body } = await server.owner<{
      readonly account: object;
      readonly texts: readonly { readonly text: string }[];
      readonly shifts: readonly unknown[];
    }>('GET', `/privacy/exports/${person.id}`);
    expect(status).to.equal(200);
    expect(person.canaries.filter((one) => !JSON.stringify(body).includes(one))).to.deep.equal([]);
    expect(body.shifts).to.have.length(1);
    const cook = await server.as(['cook']);
    expect((await cook('GET', `/privacy/exports/${person.id}`)).status).to.equal(403);
    const { body: me } = await cook<{ readonly id: string }>('GET', '/users/me');
    expect((await cook('GET', `/privacy/exports/${me.id}`)).status).to.equal(200);
  });

  it('is refused for oneself, for an owner by a manager, for nobody known, and for another location’s', async () => {
    const { body: owner } = await server.owner<{ readonly id: string }>('GET', '/users/me');
    const manager = await server.as(['manager']);
    const elsewhere = await server.as(['manager'], [randomUUID()]);
    const here = await waiter();
    const ask = async (caller: Caller, subjectId: string) => {
      const { status, body } = await caller('POST', '/privacy/erasures', { body: { subjectId, reason: 'requested' } });
      return [status, body['code']];
    };
    expect(await ask(server.owner, owner.id)).to.deep.equal([409, 'erasure-of-oneself']);
    expect(await ask(manager, owner.id)).to.deep.equal([403, 'permission-missing']);
    expect(await ask(server.owner, randomUUID())).to.deep.equal([404, 'subject-unknown']);
    expect(await ask(elsewhere, here.id)).to.deep.equal([404, 'subject-unknown']);
    expect(await ask(manager, here.id)).to.deep.equal([201, undefined]);
    const refused = await server.owner('POST', '/privacy/erasures', { body: { subjectId: here.id, reason: 'He is gone' } });
    expect(refused.status).to.equal(400);
  });

  it('keeps nothing more of who was erased, but lets the work go on', async () => {
    const orderId = randomUUID();
    await send(server.owner, '/orders', { orderId, orderType: 'takeaway', reference: 'Mrs Oak' });
    await erase({ id: orderId, canaries: [] });
    const line = { menuItemId, quantity: 1 };
    const refused = await server.owner('POST', `/orders/${orderId}/lines`, { body: { lines: [{ ...line, note: 'for Mrs Oak' }] } });
    expect([refused.status, refused.body['code']]).to.deep.equal([409, 'subject-erased']);
    await send(server.owner, `/orders/${orderId}/lines`, { lines: [line] });
    const { position } = await send(server.owner, `/orders/${orderId}/send`, {});
    const { body } = await server.owner('GET', `/orders/${orderId}?asOf=${position}`);
    expect(body).to.include({ reference: '[erased]', server: 'Owner' });
  });
});
