import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { DependencyDown, type EventStore } from '../../../src/commands/ports.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { appendOf, appendSomehow, endOf, eventsOf, followUntil, note, notes, randomStream, receiptFor, written } from './appends.ts';
import { eventStoreDbStores, log } from './eventstoredb-stores.ts';
import { thrownBy } from './thrown-by.ts';

describe('EventStoreDB: an append', () => {
  const { open, stub } = eventStoreDbStores();

  it('whose answer was lost is found by its event, and not doubled', async () => {
    const store = open();
    const stream = randomStream();
    await store.append(appendOf(stream, 0));
    stub().loseAnswers(1);
    const done = written(await store.append(appendOf(stream, 1, { events: notes(3) })));
    const read = await store.readStream(stream);
    expect(read.map(({ revision }) => revision)).to.deep.equal([1, 2, 3, 4]);
    expect(done).to.deep.equal({ kind: 'appended', revision: 4, position: read[3]?.position, recordedAt: read[3]?.recordedAt });
  });

  it('whose answer was lost is found though others went on', async () => {
    const store = open();
    const other = open();
    const stream = randomStream();
    stub().loseAnswers(1);
    const [done] = await Promise.all([store.append(appendOf(stream, 0)), appendSomehow(other, stream)]);
    const texts = (await store.readStream(stream)).length;
    expect(texts).to.equal(2);
    expect(written(done).revision).to.be.oneOf([1, 2]);
  });

  it('whose answer was lost leaves its receipt', async () => {
    const store = open();
    const stream = randomStream();
    const append = appendOf(stream, 0, { receipt: receiptFor(randomUUID()) });
    stub().loseAnswers(1);
    const done = written(await store.append(append));
    expect(await store.append(append)).to.deep.equal({
      kind: 'known',
      receipt: { ...append.receipt, stream, revision: 1, position: done.position },
    });
  });

  it('goes through once the server is back', async () => {
    const store = open();
    const stream = randomStream();
    written(await store.append(appendOf(stream, 0)));
    await stub().stop();
    expect(await thrownBy(store.append(appendOf(stream, 1)))).to.be.instanceOf(DependencyDown);
    await stub().start();
    let outcome: unknown;
    do outcome = await thrownBy(store.append(appendOf(stream, 1)));
    while (outcome instanceof DependencyDown);
    expect(await store.readStream(stream)).to.have.length(2);
  });

  it('to a server out of reach is no answer about the append, and keeps no key', async () => {
    const store = open();
    const receipt = receiptFor(randomUUID());
    await stub().stop();
    try {
      const calls = [
        () => store.append(appendOf(randomStream(), 0)),
        () => store.append(appendOf(randomStream(), 0, { receipt })),
        () => store.readStream('Order-1'),
        () => store.readLog('', 1),
        store.head,
      ];
      for (const call of calls)
        expect(await thrownBy(call()))
          .to.be.instanceOf(DependencyDown)
          .with.property('dependency', 'event log');
    } finally {
      await stub().start();
    }
    const retry = open();
    expect(written(await retry.append(appendOf(randomStream(), 0, { receipt }))).revision).to.equal(1);
  });

  it('to a server that is not ready is no answer either', async () => {
    const store = open();
    stub().beUnavailable(true);
    try {
      expect(await thrownBy(store.readStream('Order-1'))).to.be.instanceOf(DependencyDown);
      const appending = store.append(appendOf(randomStream(), 0));
      stub().beUnavailable(false);
      expect(written(await appending).revision).to.equal(1);
    } finally {
      stub().beUnavailable(false);
    }
  });

  it('needs PostgreSQL for its receipt alone', async () => {
    const nowhere = openPool('postgres://nobody@127.0.0.1:1/nothing', { name: 'test', max: 1, log });
    const store = open({ pool: nowhere });
    written(await store.append(appendOf(randomStream(), 0)));
    const error = await thrownBy(store.append(appendOf(randomStream(), 0, { receipt: receiptFor(randomUUID()) })));
    expect(error).to.be.instanceOf(DependencyDown).with.property('dependency', 'database');
    await nowhere.end();
  });
});

describe('EventStoreDB: following', () => {
  const { open, stub } = eventStoreDbStores();

  /** Follows while `trouble` strikes between appends; every event comes once, in order. */
  const followThrough = async (trouble: (store: EventStore) => Promise<void>): Promise<void> => {
    const store = open();
    const writer = open();
    const stream = randomStream();
    const checkpoint = await endOf(store);
    const following = followUntil(store, checkpoint, 4, (some) => eventsOf(some, new Set([stream])).length === 60);
    const writing = async (): Promise<void> => {
      for (let nth = 0; nth < 6; nth++) {
        let outcome: unknown;
        do outcome = await thrownBy(writer.append(appendOf(stream, nth * 10, { events: notes(10) })));
        while (outcome instanceof DependencyDown);
        await trouble(writer);
      }
    };
    const [pages] = await Promise.all([following, writing()]);
    expect(eventsOf(pages, new Set([stream])).map(({ revision }) => revision)).to.deep.equal(
      Array.from({ length: 60 }, (_, nth) => nth + 1),
    );
  };

  /** Some round trips, in which a subscription gets on. */
  const aWhile = async (store: EventStore): Promise<void> => {
    for (let nth = 0; nth < 20; nth++) await thrownBy(store.head());
  };

  for (const how of ['error', 'silently'] as const) {
    it(`goes on where it was when the server drops it (${how})`, async () => {
      let dropped = 0;
      await followThrough(async (store) => {
        await aWhile(store);
        dropped += stub().dropSubscriptions(how);
      });
      expect(dropped).to.be.greaterThan(0);
    });
  }

  it('goes on where it was when the server is started again', () =>
    followThrough(async (store) => {
      await aWhile(store);
      await stub().stop();
      await stub().start();
    }));

  it('leaves out what is not ours', async () => {
    const store = open();
    const stream = randomStream();
    const checkpoint = await endOf(store);
    await store.append(appendOf(stream, 0));
    stub().writeElsewhere('$stats-127.0.0.1:2113', 300);
    stub().writeElsewhere(`Customer-${randomUUID()}`, 5, { tenant: 'another program' });
    stub().writeElsewhere('lower-case', 5, { commandId: 'x' });
    const { position } = written(await store.append(appendOf(stream, 1)));
    stub().writeElsewhere('$stats-127.0.0.1:2113', 300);

    const pages = await followUntil(store, checkpoint, 10, (some) => some.flatMap(({ events }) => events).length >= 2);
    expect(pages.flatMap(({ events }) => events.map((event) => event.stream))).to.deep.equal([stream, stream]);
    expect(await store.head()).to.equal(position);
    expect(await open().head()).to.equal(position);
    const page = await store.readLog(checkpoint, 10);
    expect(page.events.map((event) => event.stream)).to.deep.equal([stream, stream]);
    expect((await store.readLog(page.checkpoint, 10)).events).to.deep.equal([]);
  });

  it('keeps both positions in its checkpoint', async () => {
    const store = open();
    const checkpoint = await endOf(store);
    await store.append(appendOf(randomStream(), 0));
    const pages = await followUntil(store, checkpoint, 10, (some) => some.some(({ events }) => events.length > 0));
    const [, commit, prepare] = /^C:(\d+)\/P:(\d+)$/.exec(pages.at(-1)?.checkpoint ?? '') ?? [];
    expect(Number(commit)).to.equal(pages.at(-1)?.events[0]?.position);
    expect(Number(prepare)).to.equal(Number(commit) - 1);
    const error = await thrownBy(followUntil(store, `${randomUUID()}/1`, 10, () => true));
    expect(error).to.have.property('code', 'stale-checkpoint');
  });

  it('holds the server back while its reader is slow', async () => {
    const store = open();
    const stream = randomStream();
    const checkpoint = await endOf(store);
    const large = note('lobster '.repeat(2_000));
    for (let nth = 0; nth < 20; nth++) await store.append(appendOf(stream, nth * 50, { events: Array.from({ length: 50 }, () => large) }));
    const before = stub().sent();
    const stop = new AbortController();
    let taken = 0;
    for await (const page of store.follow(checkpoint, { limit: 5, signal: stop.signal })) {
      taken += page.events.length;
      if (taken <= 5) await aWhile(store);
      if (taken <= 5) expect(stub().sent() - before).to.be.lessThan(500);
      if (taken === 1000) stop.abort();
    }
    expect(taken).to.equal(1000);
  });
});
