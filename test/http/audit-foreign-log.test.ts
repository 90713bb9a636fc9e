import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import { whyNotInLog, type EventProof } from '../../src/client/verify/event-command.ts';
import { verifyExport } from '../../src/client/verify/verify.ts';
import { eventStoreDbStub, type EventStoreDbStub } from '../support/eventstoredb-stub.ts';
import { eventually } from '../support/eventually.ts';
import { testServer, type TestServer } from '../support/server.ts';

type Heads = { readonly publicKey: { readonly id: string; readonly pem: string }; readonly latest: { readonly position: number } | null };
type Done = { readonly position: number };

describe('The audit of a log in EventStoreDB', () => {
  let stub: EventStoreDbStub;
  let server: TestServer;
  before(async () => {
    stub = await eventStoreDbStub();
    server = await testServer({ APP_EVENTSTORE__URL: stub.url, APP_AUDIT__HEADS_INTERVAL_SECS: '0.1' });
  });
  after(async () => {
    await server.close();
    await stub.stop();
  });

  const heads = async (): Promise<Heads> => (await server.owner<Heads>('GET', '/audit/heads')).body;
  const keys = async () => {
    const { publicKey } = await heads();
    return new Map([[publicKey.id, createPublicKey(publicKey.pem)]]);
  };
  const openOrder = async (): Promise<number> =>
    (await server.owner<Done>('POST', '/orders', { body: { orderType: 'takeaway' } })).body.position;

  it('verifies like any other, and proves an event by the position its command was told', async () => {
    await openOrder();
    const position = await openOrder();
    await openOrder();
    const proofOf = () => server.owner<EventProof>('GET', `/audit/events/${position}/proof`);
    const proof = await eventually(proofOf, ({ status }) => status === 200);
    const event = await server.owner('GET', `/audit/events/${position}`);
    expect(event.body).to.deep.include({ type: 'OrderOpened', logPosition: position, position: proof.body.position });
    expect(whyNotInLog(Buffer.from(JSON.stringify(event.body)), proof.body, await keys())).to.equal(null);

    const { body } = await server.owner<string>('GET', '/audit/export');
    const { events, heads: signed } = await verifyExport(chunks(body), { keys: await keys(), kept: new Map() });
    expect(events).to.be.at.least(proof.body.position);
    expect(signed).to.be.greaterThan(0);
  });

  it('says that there is no event where none is', async () => {
    const { status, body } = await server.owner('GET', '/audit/events/1');
    expect([status, body['code']]).to.deep.equal([404, 'event-unknown']);
  });
});

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
