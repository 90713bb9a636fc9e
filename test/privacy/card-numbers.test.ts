import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { openRestaurant, usd, type Restaurant } from '../support/restaurant.ts';
import { testServer, type TestServer } from '../support/server.ts';
import { everyRow, found, key } from './canaries.ts';

const CARD = '4242 4242 4242 4242';

describe('Card numbers', function () {
  this.timeout(60_000);
  let server: TestServer;
  let restaurant: Restaurant;
  const orderId = randomUUID();
  before(async () => {
    server = await testServer();
    restaurant = await openRestaurant(server);
    await server.owner('POST', '/orders', { body: { orderId, orderType: 'takeaway' } });
  });
  after(() => server.close());

  const doors = (): readonly (readonly [path: string, body: object, at: string])[] => [
    ['/orders', { orderType: 'takeaway', server: CARD }, '/server'],
    ['/orders', { orderType: 'takeaway', reference: CARD }, '/reference'],
    [`/orders/${orderId}/lines`, { lines: [{ menuItemId: restaurant.hamburgerId, quantity: 1, note: `card ${CARD}` }] }, '/lines/0/note'],
    [`/orders/${orderId}/tenders`, { kind: 'card', amount: usd(1), reference: CARD.replaceAll(' ', '-') }, '/reference'],
    [`/orders/${orderId}/cancel`, { reason: `took ${CARD.replaceAll(' ', '')}` }, '/reason'],
    ['/tables', { name: CARD, seats: 2 }, '/name'],
    [`/stock-items/${restaurant.beefId}/waste`, { quantity: { amount: 1, unit: 'g' }, reason: 'other', note: CARD }, '/note'],
  ];

  it('are refused wherever text is taken, and kept nowhere', async () => {
    for (const [path, sent, at] of doors()) {
      const { status, body } = await server.owner('POST', path, { body: sent, headers: key() });
      expect([status, body['code']], path).to.deep.equal([400, 'card-number-refused']);
      expect(body['detail'], path).to.include(`${at} must not hold`);
      expect(JSON.stringify(body), path).to.not.include('4242');
    }
    const digits = [CARD, CARD.replaceAll(' ', ''), CARD.replaceAll(' ', '-')];
    expect(found(await everyRow(server.databaseUrl), digits)).to.deep.equal([]);
  });

  it('refuse one command of many, and leave the others', async () => {
    const commands = [CARD, '8'].map((name) => ({ type: 'DefineTable', key: randomUUID(), data: { name, seats: 2 } }));
    const { body } = await server.owner<{
      readonly outcomes: readonly { readonly status: number; readonly body: { readonly code?: string } }[];
    }>('POST', '/commands', { body: { commands } });
    expect(body.outcomes.map(({ status, body: { code } }) => [status, code])).to.deep.equal([
      [400, 'card-number-refused'],
      [201, undefined],
    ]);
  });

  it('are no references of payments, nor a card’s last four digits', async () => {
    const body = { kind: 'card', amount: usd(1), reference: 'auth-7F31 123456789012', lastFour: '4242' };
    await server.owner('POST', `/orders/${orderId}/lines`, { body: { lines: [{ menuItemId: restaurant.hamburgerId, quantity: 1 }] } });
    expect((await server.owner('POST', `/orders/${orderId}/tenders`, { body })).status).to.equal(200);
  });

  it('may look like a password', async () => {
    const { status } = await server.nobody('POST', '/auth/login', { body: { email: 'a@example.com', password: CARD } });
    expect(status).to.equal(401);
  });
});
