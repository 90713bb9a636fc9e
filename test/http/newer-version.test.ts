import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { NO_STREAM } from '../../src/commands/ports.ts';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { metadataAt } from '../infra/projections/evening.ts';
import { quiet } from '../support/identity.ts';
import { openRestaurant, type Restaurant } from '../support/restaurant.ts';
import { testServer, type Reply, type TestServer } from '../support/server.ts';

type Answer = { readonly orderId: string; readonly code: string; readonly detail: string };
type Outcomes = { readonly outcomes: readonly { readonly status: number; readonly body: { readonly code: string } }[] };

describe('A server beside one of a newer version', () => {
  let server: TestServer;
  let restaurant: Restaurant;
  let orderId: string;

  /** What the newer one writes about an order. */
  const elsewhere = async (type: string, schemaVersion: number): Promise<void> => {
    const pool = openPool(server.databaseUrl, { name: 'newer version', max: 2, log: quiet });
    const store = postgresEventStore({ pool, url: server.databaseUrl, log: quiet });
    const stream = `Order-${orderId}`;
    const expected = (await store.readStream(stream)).at(-1)?.revision ?? NO_STREAM;
    const metadata = metadataAt(server.locationId, { schemaVersion });
    await store.append({ stream, expected, events: [{ type, data: { orderId } }], metadata, receipt: null });
    await store.close();
    await pool.end();
  };
  const addLine = (headers: { readonly [name: string]: string } = {}): Promise<Reply<Answer>> =>
    server.owner('POST', `/orders/${orderId}/lines`, { body: { lines: [{ menuItemId: restaurant.hamburgerId, quantity: 1 }] }, headers });

  before(async () => {
    server = await testServer();
    restaurant = await openRestaurant(server);
  });
  after(() => server.close());
  beforeEach(async () => {
    ({ orderId } = (await server.owner<Answer>('POST', '/orders', { body: { orderType: 'takeaway' } })).body);
  });

  for (const [what, type, version] of [
    ['a type of event', 'OrderSplit', 1],
    ['a form of an event', 'OrderLineRemoved', 2],
  ] as const) {
    it(`says that it is needed where ${what} is not known here, and decides nothing`, async () => {
      await elsewhere(type, version);
      const key = { 'Idempotency-Key': randomUUID() };
      for (const { status, headers, body } of [await addLine(), await addLine(key), await addLine(key)]) {
        expect(status).to.equal(503);
        expect(body.code).to.equal('newer-version-needed');
        expect(body.detail).to.match(/send the same again .* upgraded/);
        expect(headers.get('retry-after')).to.equal('1');
      }
    });
  }

  it('says so of each command in a batch, and does the others', async () => {
    await elsewhere('OrderSplit', 1);
    const commands = [
      { type: 'SendOrder', key: randomUUID(), data: { orderId } },
      { type: 'OpenOrder', key: randomUUID(), data: { orderType: 'takeaway' } },
    ];
    const { body } = await server.owner<Outcomes>('POST', '/commands', { body: { commands } });
    expect(body.outcomes.map(({ status }) => status)).to.deep.equal([503, 201]);
    expect(body.outcomes[0]?.body.code).to.equal('newer-version-needed');
  });

  it('says so of the state of what it does not understand, in the audit', async () => {
    await elsewhere('OrderSplit', 1);
    const { status, body } = await server.owner<Answer>('GET', `/audit/streams/Order-${orderId}`);
    expect(status).to.equal(503);
    expect(body.code).to.equal('newer-version-needed');
  });
});
