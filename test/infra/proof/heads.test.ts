import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { readHeads, readKeys } from '../../../src/client/verify/read.ts';
import { openMail } from '../../../src/infra/jobs/mail.ts';
import { headsAfter } from '../../../src/infra/proof/chained-log.ts';
import { LogKeyUnfit, readLogKey } from '../../../src/infra/proof/log-key.ts';
import { headsFile, headsMail, headsUrl, sendHeads } from '../../../src/infra/proof/send-heads.ts';
import { MOST_UNDER_A_HEAD } from '../../../src/infra/proof/sign-heads.ts';
import { headLine } from '../../../src/proof/export-lines.ts';
import { outgoingPost } from '../../../src/infra/outgoing/post.ts';
import { isSignedHead } from '../../../src/proof/head.ts';
import { appendSomehow, notes, randomStream } from '../event-store/appends.ts';
import { log, postgresStores } from '../event-store/postgres-stores.ts';
import { thrownBy } from '../event-store/thrown-by.ts';
import { openMailbox, type Mailbox } from '../jobs/mailbox.ts';
import { key, signAll } from './chain-under-test.ts';

describe('Signed heads', () => {
  const { open, owner } = postgresStores();
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'brigade-heads-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('are made where something was written, each after the one before', async () => {
    const store = open();
    expect(await signAll(owner())).to.deep.equal([]);
    await appendSomehow(store, randomStream(), { events: notes(2) });
    await signAll(owner());
    await appendSomehow(store, randomStream(), { events: notes(3) });
    await signAll(owner());
    expect(await signAll(owner())).to.deep.equal([]);
    const heads = await headsAfter(owner(), 0, 10);
    expect(heads.map(({ after, position }) => [after, position])).to.deep.equal([
      [0, 2],
      [2, 5],
    ]);
    expect(heads.every((head) => isSignedHead(head, key.publicKey))).to.equal(true);
  });

  it('are as many as keep proofs small', async () => {
    await appendSomehow(open(), randomStream(), { events: notes(MOST_UNDER_A_HEAD + 1) });
    expect((await signAll(owner())).map(({ after, position }) => position - after)).to.deep.equal([MOST_UNDER_A_HEAD, 1]);
  });

  it('are added to a file that verification takes, once', async () => {
    const file = path.join(folder, 'heads.ndjson');
    const keyFile = path.join(folder, 'log.pub');
    writeFileSync(keyFile, key.publicKey.export({ type: 'spki', format: 'pem' }));
    const place = headsFile(file);
    await sendHeads(owner(), place, log);
    await sendHeads(owner(), place, log);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).to.have.length(4);
    expect([...(await readHeads(file, await readKeys(keyFile))).values()]).to.deep.equal(await headsAfter(owner(), 0, 10));
  });

  it('are sent again to an address that refused them', async () => {
    const got: string[] = [];
    let refusals = 1;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(refusals > 0 ? 503 : 204).end();
        if (refusals-- <= 0) got.push(body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const place = headsUrl(
      `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/heads`,
      outgoingPost({ privateNetworks: ['127.0.0.0/8'] }),
    );
    await sendHeads(owner(), place, log);
    expect(got).to.deep.equal([]);
    await sendHeads(owner(), place, log);
    server.close();
    const heads = got.map((body) => (JSON.parse(body) as { readonly head: unknown }).head);
    expect(heads).to.deep.equal(await headsAfter(owner(), 0, 10));
  });

  describe('by mail', () => {
    let mailbox: Mailbox;
    const placeFor = (address: string) => headsMail(address, openMail({ url: mailbox.url, from: 'brigade@example.com', to: [address] }));
    beforeEach(async () => (mailbox = await openMailbox()));
    afterEach(() => mailbox.close());

    it('reach each address once, in few mails, with what verification takes', async () => {
      const places = [placeFor('auditor@example.com'), placeFor('owner@example.com')];
      for (const place of [...places, ...places]) await sendHeads(owner(), place, log);
      const all = await headsAfter(owner(), 0, 10);
      expect(mailbox.received.map(({ to }) => to)).to.deep.equal([['auditor@example.com'], ['owner@example.com']]);
      for (const { attached, subject, text, messageId } of mailbox.received) {
        expect(attached).to.equal(all.map((head) => `${headLine(head)}\n`).join(''));
        expect(subject).to.equal(`Brigade log: signed head at position ${all.at(-1)?.position}`);
        expect(text).to.include(all.at(-1)?.chain ?? 'no head');
        expect(messageId).to.equal(`<log-heads-2-${all.at(-1)?.position}-${key.id}@example.com>`);
      }
    });

    it('are sent again where the mail was refused, and only what is new later', async () => {
      const place = placeFor('purchaser@example.com');
      mailbox.refuseNext();
      await sendHeads(owner(), place, log);
      expect(mailbox.received).to.have.length(0);
      await sendHeads(owner(), place, log);
      await appendSomehow(open(), randomStream());
      const [head] = await signAll(owner());
      await sendHeads(owner(), place, log);
      expect(mailbox.received).to.have.length(2);
      expect(JSON.parse(mailbox.received[1]?.attached ?? '')).to.deep.equal({ head });
    });
  });

  it('are signed by a key that the first to ask makes, for its owner’s eyes', async () => {
    const file = path.join(folder, 'keys', 'log-heads.pem');
    const ids = await Promise.all([1, 2, 3].map(async () => (await readLogKey(file, { make: true })).id));
    expect(new Set(ids).size).to.equal(1);
    expect(statSync(file).mode & 0o077).to.equal(0);
    expect(await thrownBy(readLogKey(path.join(folder, 'none.pem'), { make: false }))).to.be.instanceOf(LogKeyUnfit);
  });
});
