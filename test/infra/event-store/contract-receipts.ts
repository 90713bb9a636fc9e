import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Receipt } from '../../../src/commands/ports.ts';
import { appendOf, notes, randomStream, receiptFor, together, written } from './appends.ts';
import type { Subject } from './contract.ts';

export const describeReceipts = ({ store, another }: Subject): void => {
  describe('receipts', () => {
    it('knows nothing of a key that was not used', async () => {
      expect(await store().receipt('pos-1', randomUUID())).to.equal(null);
    });

    it('tells a retry what the first was told, and writes nothing more', async () => {
      const stream = randomStream();
      const receipt = receiptFor(randomUUID());
      const append = appendOf(stream, 0, { events: notes(2), receipt });
      const done = written(await store().append(append));
      const known = { kind: 'known', receipt: { ...receipt, stream, revision: 2, position: done.position } };

      expect(await store().append(append)).to.deep.equal(known);
      expect(await store().append({ ...append, expected: 2 })).to.deep.equal(known);
      expect(await another().append(append), 'after a restart').to.deep.equal(known);
      expect(await store().receipt(receipt.scope, receipt.key)).to.deep.equal(known.receipt);
      expect(await store().readStream(stream)).to.have.length(2);
    });

    it('shows by the fingerprint that the key was used for something else', async () => {
      const first = receiptFor(randomUUID(), 'of the first');
      await store().append(appendOf(randomStream(), 0, { receipt: first }));
      const outcome = await store().append(appendOf(randomStream(), 0, { receipt: { ...first, fingerprint: 'of another' } }));
      expect(outcome).to.have.nested.property('receipt.fingerprint', 'of the first');
    });

    it("keeps one sender's keys apart from another's", async () => {
      const receipt = receiptFor(randomUUID());
      written(await store().append(appendOf(randomStream(), 0, { receipt })));
      written(await store().append(appendOf(randomStream(), 0, { receipt: { ...receipt, scope: 'pos-2' } })));
    });

    it('keeps a refusal without any event', async () => {
      const stream = randomStream();
      const receipt: Receipt = {
        ...receiptFor(randomUUID()),
        outcome: { kind: 'refused', code: 'order-closed', detail: 'Open another order.' },
      };
      const head = await store().head();
      const append = appendOf(stream, 3, { events: [], receipt });
      const done = written(await store().append(append));
      expect(done.revision).to.equal(3);
      expect(done.position).to.be.at.least(head);
      expect(await store().append(append)).to.deep.equal({
        kind: 'known',
        receipt: { ...receipt, stream, revision: 3, position: done.position },
      });
      expect(await store().readStream(stream)).to.deep.equal([]);
    });

    it('leaves no receipt of an append that met a conflict', async () => {
      const stream = randomStream();
      const receipt = receiptFor(randomUUID());
      await store().append(appendOf(stream, 0));
      expect(await store().append(appendOf(stream, 0, { receipt }))).to.deep.equal({ kind: 'conflict', actual: 1 });
      expect(await store().receipt(receipt.scope, receipt.key)).to.equal(null);
      expect(written(await store().append(appendOf(stream, 1, { receipt }))).revision).to.equal(2);
    });

    it('has one effect of 50 at once with one key on one stream', async () => {
      const stream = randomStream();
      const receipt = receiptFor(randomUUID());
      const outcomes = await together(50, () => store().append(appendOf(stream, 0, { receipt })));
      expect(outcomes.filter(({ kind }) => kind === 'appended')).to.have.length(1);
      expect(outcomes.filter(({ kind }) => kind === 'known')).to.have.length(49);
      expect(await store().readStream(stream)).to.have.length(1);
    });

    it('has one effect of 50 at once with one key on streams of their own, through two stores', async () => {
      const receipt = receiptFor(randomUUID());
      const streams = Array.from({ length: 50 }, randomStream);
      const stores = [store(), another()];
      const outcomes = await together(50, async (writer) => stores[writer % 2]?.append(appendOf(streams[writer] ?? '', 0, { receipt })));
      expect(outcomes.filter((outcome) => outcome?.kind === 'appended')).to.have.length(1);
      expect(outcomes.filter((outcome) => outcome?.kind === 'known')).to.have.length(49);
      const read = await Promise.all(streams.map((stream) => store().readStream(stream)));
      expect(read.flat()).to.have.length(1);
    });
  });
};
