import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { openRestaurant, usd, type Restaurant } from '../support/restaurant.ts';
import { testServer, type Reply, type TestServer } from '../support/server.ts';

type Answer = {
  readonly id: string;
  readonly revision: number;
  readonly position: number;
  readonly orderId: string;
  readonly lineIds: readonly string[];
  readonly code: string;
};
type Items<T> = { readonly items: readonly T[]; readonly next: string | null };

describe('Commands over HTTP', function () {
  this.timeout(60_000);
  let server: TestServer;
  let restaurant: Restaurant;
  before(async () => {
    server = await testServer();
    restaurant = await openRestaurant(server);
  });
  after(() => server.close());

  const send = (path: string, body: object = {}, headers: { readonly [name: string]: string } = {}): Promise<Reply<Answer>> =>
    server.owner<Answer>('POST', path, { body, headers });
  const openOrder = async (): Promise<string> => (await send('/orders', { orderType: 'takeaway' })).body.orderId;
  const hamburger = (quantity = 1) => ({ lines: [{ menuItemId: restaurant.hamburgerId, quantity }] });
  const after_ = (reply: Reply<Answer>) => ({ headers: { 'min-position': String(reply.body.position) } });

  it('takes an order from the table to the kitchen and to the till, with stock falling', async () => {
    const { tableId, beefId } = restaurant;
    await send(`/tables/${tableId}/seat`, { covers: 2 });
    const opened = await send('/orders', { orderType: 'dine-in', tableId, covers: 2, reference: '42' });
    expect(opened.status).to.equal(201);
    const { orderId } = opened.body;
    await send(`/orders/${orderId}/lines`, hamburger(4));
    const sent = await send(`/orders/${orderId}/send`);
    const board = await server.owner<Items<{ readonly ticketId: string; readonly reference: string; readonly tableName: string }>>(
      'GET',
      '/kitchen/board?station=grill',
      after_(sent),
    );
    expect(board.body.items).to.have.length(1);
    const [ticket] = board.body.items;
    expect(ticket).to.deep.include({ reference: '42', tableName: '7' });
    await send(`/kitchen/tickets/${ticket?.ticketId}/start`);
    await send(`/kitchen/tickets/${ticket?.ticketId}/bump`);
    await send(`/orders/${orderId}/tenders`, { kind: 'cash', amount: usd(5180) });
    const closed = await send(`/orders/${orderId}/close`);
    expect(closed.status).to.equal(200);

    const order = await server.owner<{ readonly status: string; readonly revision: number; readonly total: object }>(
      'GET',
      `/orders/${orderId}`,
      after_(closed),
    );
    expect(order.body).to.deep.include({ status: 'closed', total: usd(5180) });
    expect(order.headers.get('etag')).to.equal(closed.headers.get('etag'));
    const beef = async () =>
      (await server.owner<{ readonly onHand: { readonly amount: number } }>('GET', `/stock-items/${beefId}`)).body.onHand.amount;
    await eventually(beef, (left) => left === 2_400_000);
    type Alert = { readonly stockItemId: string };
    const alerts = async () => (await server.owner<Items<Alert>>('GET', '/alerts?status=open')).body.items;
    const raised = await eventually(alerts, ({ length }) => length > 0);
    expect(raised.map((alert) => alert.stockItemId)).to.deep.equal([beefId]);
  });

  it('answers with revision, ETag and log position', async () => {
    const { body, headers } = await send('/orders', { orderType: 'takeaway' });
    expect(headers.get('etag')).to.equal('"1"');
    expect(headers.get('log-position')).to.equal(String(body.position));
    expect(body).to.deep.include({ id: body.orderId, revision: 1 });
  });

  it('lets two waiters add to one order at once, and loses no line', async () => {
    const orderId = await openOrder();
    const added = await Promise.all(Array.from({ length: 20 }, () => send(`/orders/${orderId}/lines`, hamburger())));
    expect(added.map(({ status }) => status)).to.deep.equal(added.map(() => 200));
    const last = added.toSorted((a, b) => b.body.position - a.body.position)[0];
    if (last === undefined) throw new Error('nothing was added');
    const order = await server.owner<{ readonly lines: readonly unknown[] }>('GET', `/orders/${orderId}`, after_(last));
    expect(order.body.lines).to.have.length(20);
  });

  it('gives the same answer to a retry, byte for byte, and has one effect', async () => {
    const orderId = await openOrder();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await send(`/orders/${orderId}/lines`, hamburger(), headers);
    await send(`/orders/${orderId}/lines`, hamburger());
    const again = await send(`/orders/${orderId}/lines`, hamburger(), headers);
    expect(again.body).to.deep.equal(first.body);
    expect(again.headers.get('etag')).to.equal(first.headers.get('etag'));
    expect((await send(`/orders/${orderId}/lines`, hamburger())).body.revision).to.equal(4);
  });

  it('has one effect for fifty at once with one key', async () => {
    const orderId = await openOrder();
    const headers = { 'idempotency-key': randomUUID() };
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(`/orders/${orderId}/lines`, hamburger(), headers)));
    const done = replies.filter(({ status }) => status === 200);
    const waiting = replies.filter(({ status }) => status === 409);
    expect(done.length).to.be.greaterThan(0);
    expect(done.length + waiting.length).to.equal(50);
    expect(new Set(done.map(({ body }) => JSON.stringify(body))).size).to.equal(1);
    expect(new Set(waiting.map(({ body }) => body.code))).to.satisfy((codes: Set<string>) =>
      [...codes].every((code) => code === 'key-in-flight'),
    );
    expect((await send(`/orders/${orderId}/lines`, hamburger())).body.revision).to.equal(3);
  });

  it('refuses a key with another payload', async () => {
    const orderId = await openOrder();
    const headers = { 'idempotency-key': randomUUID() };
    await send(`/orders/${orderId}/lines`, hamburger(1), headers);
    const { status, body } = await send(`/orders/${orderId}/lines`, hamburger(2), headers);
    expect([status, body.code]).to.deep.equal([422, 'key-reused']);
  });

  it('needs a key from a terminal', async () => {
    const terminal = await server.as(['terminal']);
    const { status, body } = await terminal('POST', '/orders', { body: { orderType: 'takeaway' } });
    expect([status, body['code']]).to.deep.equal([400, 'idempotency-key-required']);
    expect((await terminal('POST', '/orders', { body: { orderType: 'takeaway' }, headers: { 'idempotency-key': 'a' } })).status).to.equal(
      201,
    );
  });

  it('refuses a stale If-Match and takes the present one', async () => {
    const orderId = await openOrder();
    await send(`/orders/${orderId}/lines`, hamburger());
    const stale = await send(`/orders/${orderId}/send`, {}, { 'if-match': '"1"' });
    expect([stale.status, stale.body.code]).to.deep.equal([412, 'revision-stale']);
    expect((await send(`/orders/${orderId}/send`, {}, { 'if-match': '"2"' })).status).to.equal(200);
    expect((await send(`/orders/${orderId}/send`, {}, { 'if-match': 'two' })).status).to.equal(400);
  });

  it('keeps when it happened, where a terminal was offline', async () => {
    const orderId = randomUUID();
    const { body } = await send('/orders', { orderId, orderType: 'takeaway', occurredAt: '2026-01-31T19:00:00+01:00' });
    const order = await server.owner<{ readonly openedAt: string }>('GET', `/orders/${orderId}`, {
      headers: { 'min-position': String(body.position) },
    });
    expect(order.body.openedAt).to.equal('2026-01-31T18:00:00.000Z');
    const future = await send('/orders', { orderType: 'takeaway', occurredAt: '2100-01-01T00:00:00Z' });
    expect([future.status, future.body.code]).to.deep.equal([400, 'occurred-in-the-future']);
  });

  it('takes a batch, each command with its own outcome, none undone by another’s refusal', async () => {
    const orderId = randomUUID();
    const commands = [
      { type: 'OpenOrder', key: randomUUID(), data: { orderId, orderType: 'takeaway' } },
      { type: 'CloseOrder', key: randomUUID(), data: { orderId } },
      { type: 'FlyOrder', key: randomUUID(), data: {} },
      { type: 'AddOrderLines', key: randomUUID(), data: { orderId, ...hamburger() } },
      { type: 'AddOrderLines', key: randomUUID(), data: { orderId, lines: [] } },
    ];
    type Outcomes = {
      readonly outcomes: readonly { readonly key: string; readonly status: number; readonly body: { readonly code?: string } }[];
    };
    const once = await server.owner<Outcomes>('POST', '/commands', { body: { commands } });
    expect(once.body.outcomes.map(({ status, body }) => [status, body.code])).to.deep.equal([
      [201, undefined],
      [409, 'order-empty'],
      [400, 'command-unknown'],
      [200, undefined],
      [400, 'request-invalid'],
    ]);
    expect(once.body.outcomes.map(({ key }) => key)).to.deep.equal(commands.map(({ key }) => key));
    const twice = await server.owner<Outcomes>('POST', '/commands', { body: { commands } });
    expect(twice.body).to.deep.equal(once.body);
  });

  for (const [what, body, code] of [
    ['what is not JSON', '{"orderType"', 'body-malformed'],
    ['what is no object', '[1]', 'request-invalid'],
    ['an unknown field', '{"orderType":"takeaway","price":1}', 'request-invalid'],
    ['a wrong type', '{"orderType":"takeaway","covers":"two"}', 'request-invalid'],
    ['a value out of bounds', '{"orderType":"takeaway","covers":0}', 'request-invalid'],
    ['a malformed id', '{"orderType":"takeaway","orderId":"1"}', 'request-invalid'],
  ] as const) {
    it(`refuses ${what} with a code and the place`, async () => {
      const { status, body: problem, headers } = await server.owner('POST', '/orders', { body });
      expect([status, problem['code']]).to.deep.equal([400, code]);
      expect(headers.get('content-type')).to.match(/^application\/problem\+json/);
      expect(problem).to.include.keys('type', 'title', 'status', 'detail', 'instance');
    });
  }

  it('refuses a body larger than it takes, and one that is not JSON', async () => {
    const large = await server.owner('POST', '/orders', { body: `{"reference":"${'x'.repeat(3_000_000)}"}` });
    expect([large.status, large.body['code']]).to.deep.equal([413, 'body-too-large']);
    const form = await server.owner('POST', '/orders', {
      body: 'orderType=takeaway',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).to.equal(400);
  });

  it('says 404 for what is not there, and 405 for what cannot be done to it', async () => {
    const absent = await send(`/orders/${randomUUID()}/send`);
    expect([absent.status, absent.body.code]).to.deep.equal([404, 'order-unknown']);
    expect((await server.owner('GET', '/nothing')).body['code']).to.equal('route-unknown');
    expect((await server.owner('PATCH', '/orders')).body['code']).to.equal('method-not-allowed');
  });
});
