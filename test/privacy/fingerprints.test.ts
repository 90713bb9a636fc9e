import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { canonicalJson } from '../../src/commands/canonical-json.ts';
import { ask } from '../support/embedded.ts';
import { testServer, type TestServer } from '../support/server.ts';

describe('Fingerprints of commands', function () {
  this.timeout(60_000);
  let server: TestServer;
  before(async () => (server = await testServer()));
  after(() => server.close());

  const body = { name: 'Ana’s', seats: 2 };
  const guess = createHash('sha256')
    .update(canonicalJson(['DefineTable', body, null]))
    .digest('base64url');
  const send = (key: string, sent: object = body) => server.owner('POST', '/tables', { body: sent, headers: { 'idempotency-key': key } });
  const keptFor = async (key: string) =>
    (await ask(server.databaseUrl, `select fingerprint from receipts where key = '${key}'`))[0]?.['fingerprint'];

  it('tell nobody who guesses what was asked whether he is right', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const first = await send(one);
    await send(other);
    expect(await keptFor(one))
      .to.be.a('string')
      .and.equal(await keptFor(other))
      .and.not.equal(guess);
    expect((await send(one)).body).to.deep.equal(first.body);
    expect((await send(one, { ...body, seats: 3 })).status).to.equal(422);
  });

  it('of before, made without a key, still answer a retry', async () => {
    const key = randomUUID();
    const first = await send(key);
    await ask(
      server.databaseUrl,
      `alter table receipts disable trigger receipts_stay; update receipts set fingerprint = '${guess}' where key = '${key}'; alter table receipts enable trigger receipts_stay`,
    );
    expect((await send(key)).body).to.deep.equal(first.body);
    expect((await send(key, { ...body, seats: 3 })).status).to.equal(422);
  });
});
