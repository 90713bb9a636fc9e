import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Log } from '../../src/http/ports.ts';
import { PASSWORD, quiet } from '../support/identity.ts';
import { openRestaurant, type Restaurant } from '../support/restaurant.ts';
import { testServer, type Caller, type Reply, type TestServer } from '../support/server.ts';

type Headers = { readonly [name: string]: string };
type Asked = { readonly by?: Caller; readonly method?: string; readonly path: string; readonly body?: unknown; readonly headers?: Headers };
type Line = { readonly correlationId: string; readonly path: string; readonly route: string; readonly status: number };

const LIMITS =
  'all address anyone * /* 9000 1, few user anyone POST /api/v1/stock-items 1 0.0001, rare address anyone POST /api/v1/menu-items 1 0.0001';
const CARD = '4111 1111 1111 1111';
const deep = `{"orderType":${'['.repeat(40)}${']'.repeat(40)}}`;

describe('HTTP: commands that come plainly, and the same in another form', () => {
  let server: TestServer;
  let restaurant: Restaurant;
  let cook: Caller;
  const lines: Line[] = [];
  const log: Log = { ...quiet, info: (fields, message) => message === 'request' && void lines.push(fields as Line) };

  before(async () => {
    server = await testServer({ APP_RATE_LIMITS__TABLE: LIMITS }, log);
    restaurant = await openRestaurant(server);
    cook = await server.as(['cook']);
  });
  after(() => server.close());

  /** What counts of an answer: numbers that rise by themselves are left out. */
  const seen = ({ status, headers, body }: Reply): object => {
    const { date: _, 'content-length': length, 'log-position': position, ...fields } = Object.fromEntries(headers);
    const { ratelimit = '', ...rest } = fields;
    return {
      status,
      fields: { ...rest, ratelimit: ratelimit.replaceAll(/\d+/g, 'n'), position: position === undefined, length: Number(length) > 0 },
      body: JSON.parse(
        JSON.stringify(body)
          .replaceAll(/"position":\d+/g, '"position":0')
          .replaceAll(/[0-9a-f-]{36}/g, 'id'),
      ) as object,
    };
  };

  const ask = async ({ by = server.owner, method = 'POST', path, body, headers = {} }: Asked, form: string): Promise<[object, object]> => {
    const from = lines.length;
    const correlation: Headers = { 'x-correlation-id': 'same' };
    const reply = await by(method, `${path}${form}`, { headers: { ...correlation, ...headers }, ...(body === undefined ? {} : { body }) });
    const [line] = lines.slice(from);
    return [seen(reply), { ...line, path: line?.path.replaceAll(/[0-9a-f-]{36}/g, 'id'), ms: null }];
  };

  const opened = async (): Promise<string> => {
    const orderId = randomUUID();
    await server.owner('POST', '/orders', { body: { orderId, orderType: 'takeaway' } });
    return orderId;
  };

  const cases: { readonly [what: string]: () => Asked | Promise<Asked> } = {
    'one that is done': () => ({ path: '/orders', body: { orderId: randomUUID(), orderType: 'takeaway' } }),
    'one that makes nothing new': async () => ({ path: '/orders', body: { orderId: await opened(), orderType: 'takeaway' } }),
    'one without a body': async () => ({ path: `/orders/${await opened()}/send` }),
    'one with PUT': () => ({
      method: 'PUT',
      path: `/locations/${server.locationId}/stations/bar`,
      body: { name: 'Bar', warnSeconds: 60, lateSeconds: 90 },
    }),
    'nobody’s': () => ({ by: server.nobody, path: '/orders', body: { orderType: 'takeaway' } }),
    'one with a false token': () => ({ by: server.withToken('no.such.token'), path: '/orders', body: { orderType: 'takeaway' } }),
    'one that is not permitted': () => ({ by: cook, path: '/orders', body: { orderType: 'takeaway' } }),
    'half a body': () => ({ path: '/orders', body: '{"orderType":' }),
    'a list': () => ({ path: '/orders', body: '[]' }),
    'a number': () => ({ path: '/orders', body: '1' }),
    'white space': () => ({ path: '/orders', body: '  ' }),
    'a byte order mark': () => ({ path: '/orders', body: '\uFEFF{"orderType":"takeaway"}' }),
    'a prototype': () => ({ path: '/orders', body: '{"__proto__":{"orderType":"takeaway"}}' }),
    'a prototype further down': () => ({ path: '/orders', body: String.raw`{"orderType":{"\u005f_proto__":1}}` }),
    'a body too deep': () => ({ path: '/orders', body: deep }),
    'a zero byte': () => ({ path: '/orders', body: String.raw`{"orderType":"takeaway","reference":"a\u0000"}` }),
    'a card’s number': () => ({ path: '/orders', body: { orderType: 'takeaway', reference: CARD.replaceAll(' ', '') } }),
    'another schema': () => ({ path: '/orders', body: { orderType: 'eaten', more: 1 } }),
    'an order nobody opened': () => ({ path: `/orders/${randomUUID()}/send`, body: {} }),
    'a path that its body contradicts': async () => ({ path: `/orders/${await opened()}/send`, body: { orderId: randomUUID() } }),
    'a revision that is none': async () => ({ path: `/orders/${await opened()}/send`, body: {}, headers: { 'if-match': 'two' } }),
    'a revision of before': async () => ({ path: `/orders/${await opened()}/send`, body: {}, headers: { 'if-match': '"7"' } }),
    'a key that is none': () => ({ path: '/orders', body: { orderType: 'takeaway' }, headers: { 'idempotency-key': 'with space' } }),
    'a correlation id that is none': () => ({
      path: '/orders',
      body: { orderType: 'eaten' },
      headers: { 'x-correlation-id': 'same', traceparent: 'no' },
    }),
    'one over what its sender may ask': () => ({ path: '/stock-items', body: {} }),
    'one over what its address may ask': () => ({ path: '/menu-items', body: {} }),
  };

  for (const [what, asked] of Object.entries(cases)) {
    it(`are answered and noted alike: ${what}`, async () => {
      const plain = await ask(await asked(), '');
      expect(plain[1]).to.have.property('route');
      expect(await ask(await asked(), '?x')).to.deep.equal(plain);
    });
  }

  it('are answered in full and in order where they are sent without waiting for the answers before them', async () => {
    const login = { email: 'owner@example.com', password: PASSWORD };
    const { body: tokens } = await server.nobody<{ readonly access_token: string }>('POST', '/auth/login', { body: login });
    const orderIds = Array.from({ length: 4 }, () => randomUUID());
    const asked = orderIds.map((orderId, nth) => {
      const body = JSON.stringify({ orderId, orderType: 'takeaway' });
      const fields = [
        'host: a',
        `authorization: Bearer ${tokens.access_token}`,
        'content-type: application/json',
        `connection: ${nth === 3 ? 'close' : 'keep-alive'}`,
        `content-length: ${body.length}`,
      ];
      return `POST /api/v1/orders${nth === 1 ? '?x' : ''} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
    });
    const socket = connect({ port: Number(new URL(server.baseUrl).port), host: '127.0.0.1' });
    socket.write(asked.join(''));
    const answers = (await text(socket)).split('HTTP/1.1 ').slice(1);
    expect(answers.map((answer) => [answer.slice(0, 3), /"orderId":"([^"]+)"/.exec(answer)?.[1]])).to.deep.equal(
      orderIds.map((orderId) => ['201', orderId]),
    );
  });

  it('have one effect between them under one key', async () => {
    const body = { orderId: randomUUID(), lines: [] };
    const one = { orderId: await opened() };
    const add = { lines: [{ menuItemId: restaurant.hamburgerId, quantity: 1 }] };
    const headers = { 'idempotency-key': body.orderId };
    const first = await server.owner('POST', `/orders/${one.orderId}/lines`, { body: add, headers });
    const again = await server.owner('POST', `/orders/${one.orderId}/lines?x`, { body: add, headers });
    expect([first.status, again.status]).to.deep.equal([200, 200]);
    expect(again.body).to.deep.equal(first.body);
  });
});
