import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Append } from '../../../src/commands/ports.ts';
import { appendOf, note, randomStream, receiptFor, someMetadata, written } from './appends.ts';
import { eventStoreDbStores } from './eventstoredb-stores.ts';
import { thrownBy } from './thrown-by.ts';

describe('EventStoreDB: a receipt', () => {
  const { open, pool, stub } = eventStoreDbStores();

  /** What a program leaves that was killed after it had claimed a key. */
  const leaveClaim = async ({ stream, metadata, receipt }: Append, age: string): Promise<void> => {
    await pool().query(
      `insert into pending_receipts (scope, key, fingerprint, outcome, stream, command_id, claimed_at)
       values ($1, $2, $3, $4, $5, $6, now() - $7::interval)`,
      [receipt?.scope, receipt?.key, receipt?.fingerprint, JSON.stringify(receipt?.outcome), stream, metadata.commandId, age],
    );
  };
  const claims = async (): Promise<number> => (await pool().query('select from pending_receipts')).rowCount ?? 0;
  const withReceipt = (more: Partial<Append> = {}): Append => appendOf(randomStream(), 0, { receipt: receiptFor(randomUUID()), ...more });

  it('that was cut off after its append is completed by the retry', async () => {
    const store = open();
    const cutOff = withReceipt({ events: [note('a'), note('b')] });
    const done = written(await store.append({ ...cutOff, receipt: null }));
    await store.append(appendOf(cutOff.stream, 2));
    await leaveClaim(cutOff, '1 second');
    const retry = { ...cutOff, expected: 3, metadata: someMetadata() };
    const known = { kind: 'known', receipt: { ...cutOff.receipt, stream: cutOff.stream, revision: 2, position: done.position } };
    expect(await store.append(retry)).to.deep.equal(known);
    expect(await store.append(retry)).to.deep.equal(known);
    expect(await store.readStream(cutOff.stream)).to.have.length(3);
    expect(await claims()).to.equal(0);
  });

  it('that was cut off before its append is taken over', async () => {
    const store = open();
    const cutOff = withReceipt();
    await leaveClaim(cutOff, '1 hour');
    expect(written(await store.append({ ...cutOff, metadata: someMetadata() })).revision).to.equal(1);
    expect(await store.readStream(cutOff.stream)).to.have.length(1);
    expect(await claims()).to.equal(0);
  });

  it('of which another program has hold is waited for', async () => {
    const store = open();
    const other = withReceipt();
    await leaveClaim(other, '0 seconds');
    const retrying = store.append({ ...other, metadata: someMetadata() });
    await open().append({ ...other, receipt: null });
    expect(await retrying).to.have.property('kind', 'known');
    expect(await store.readStream(other.stream)).to.have.length(1);
    expect(await claims()).to.equal(0);
  });

  it('is not kept by what could not be written', async () => {
    const store = open();
    const append = withReceipt();
    const refused = [
      { ...append, events: [{ type: 'OrderNoted', data: undefined }] },
      { ...append, expected: 7 },
    ];
    for (const wrong of refused) await thrownBy(store.append(wrong));
    expect(await claims()).to.equal(0);
    expect(written(await store.append(append)).revision).to.equal(1);
  });

  it('is not kept by a stream that was deleted for good', async () => {
    const store = open();
    const append = withReceipt();
    await store.append(appendOf(append.stream, 0));
    stub().remove(append.stream, true);
    for (const call of [() => store.append({ ...append, expected: 1 }), () => store.readStream(append.stream)]) {
      expect(await thrownBy(call())).to.have.property('code', 'stream-deleted');
    }
    expect(await claims()).to.equal(0);
  });

  it('is forgotten with nothing else when a stream was deleted softly', async () => {
    const store = open();
    const append = withReceipt();
    await store.append(append);
    stub().remove(append.stream, false);
    expect(await store.readStream(append.stream)).to.deep.equal([]);
    expect(await store.append(append)).to.have.property('kind', 'known');
  });
});
