import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { StaleCheckpoint } from '../../../src/infra/event-store/stale-checkpoint.ts';
import {
  appendOf,
  appendSomehow,
  endOf,
  eventsOf,
  followUntil,
  note,
  notes,
  randomStream,
  receiptFor,
  together,
  written,
} from './appends.ts';
import { fickleProxy } from '../../chaos/fickle-proxy.ts';
import { cutOffProxy } from './cut-off-proxy.ts';
import { postgresStores } from './postgres-stores.ts';
import { thrownBy } from './thrown-by.ts';

describe('PostgreSQL: a lost connection', () => {
  const { open, owner, url, afterwards, cutAllConnections, positionsHaveNoGap } = postgresStores();

  const cutOff = async () => {
    const proxy = await cutOffProxy(url());
    afterwards(proxy.close);
    const store = open({ url: proxy.url });
    await store.append(appendOf(randomStream(), 0));
    return { proxy, store };
  };

  it('between commit and answer: the append is found by its event, and not doubled', async () => {
    const { proxy, store } = await cutOff();
    const stream = randomStream();
    proxy.loseAnswerTo('append-batch');
    const done = written(await store.append(appendOf(stream, 0, { events: notes(2) })));
    expect(proxy.lost()).to.equal(1);
    const read = await store.readStream(stream);
    expect(read.map(({ revision }) => revision)).to.deep.equal([1, 2]);
    expect(done).to.deep.equal({ kind: 'appended', revision: 2, position: read[1]?.position, recordedAt: read[1]?.recordedAt });
  });

  it('between commit and answer, for a batch: each append gets its own answer', async () => {
    const { proxy, store } = await cutOff();
    const [free, taken, used] = [randomStream(), randomStream(), randomStream()];
    const receipt = receiptFor(randomUUID());
    await store.append(appendOf(taken, 0));
    await store.append(appendOf(used, 0, { receipt }));
    proxy.loseAnswerTo('append-batch');
    const outcomes = await Promise.all([
      store.append(appendOf(free, 0, { receipt: receiptFor(randomUUID()) })),
      store.append(appendOf(taken, 0)),
      store.append(appendOf(used, 1, { receipt })),
    ]);
    expect(proxy.lost()).to.equal(1);
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(['appended', 'conflict', 'known']);
    expect(await store.readStream(free)).to.have.length(1);
    await positionsHaveNoGap();
  });

  it('that went silent instead is given up, and the append sent again', async () => {
    const proxy = await fickleProxy(url());
    afterwards(proxy.close);
    const store = open({ url: proxy.url });
    const stream = randomStream();
    const receipt = receiptFor(randomUUID());
    await store.append(appendOf(stream, 0));
    expect(proxy.silence('brigade test')).to.be.greaterThan(0);
    written(await store.append(appendOf(stream, 1, { receipt })));
    expect((await store.append(appendOf(stream, 2, { receipt }))).kind).to.equal('known');
    expect(await store.readStream(stream)).to.have.length(2);
    await positionsHaveNoGap();
  });

  it('while nothing is under way goes unnoticed', async () => {
    const store = open();
    await store.append(appendOf(randomStream(), 0));
    await cutAllConnections();
    written(await store.append(appendOf(randomStream(), 0)));
  });

  it('under load loses nothing that was acknowledged and doubles nothing', async () => {
    const store = open();
    const acknowledged = new Set<string>();
    let sinceKill = 0;
    const kill = async (): Promise<void> => {
      if (++sinceKill % 40 !== 0) return;
      await owner().query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%append_batch%' and pid <> pg_backend_pid()",
      );
    };
    const retried = async (stream: string, text: string): Promise<void> => {
      const receipt = receiptFor(text);
      for (let expected = 0; ;) {
        try {
          const outcome = await store.append(appendOf(stream, expected, { events: [note(text)], receipt }));
          if (outcome.kind !== 'conflict') return;
          expected = outcome.actual;
        } catch (error) {
          if (!(error instanceof DependencyDown)) throw error;
        }
      }
    };
    const streams = Array.from({ length: 8 }, randomStream);
    await together(32, async (writer) => {
      for (let nth = 0; nth < 20; nth++) {
        const text = `${writer}-${nth}-${randomUUID()}`;
        await retried(streams[writer % 8] ?? '', text);
        acknowledged.add(text);
        await kill();
      }
    });
    const read = (await Promise.all(streams.map((stream) => store.readStream(stream)))).flat();
    const texts = read.map(({ data }) => (data as { text: string }).text);
    expect(texts).to.have.length(32 * 20);
    expect(new Set(texts)).to.deep.equal(acknowledged);
    await positionsHaveNoGap();
  });

  it('that cannot be had again is no answer about the append', async () => {
    const store = open({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
    const calls = [
      () => store.append(appendOf(randomStream(), 0)),
      () => store.readStream('Order-1'),
      () => store.readLog('', 1),
      store.head,
      () => store.receipt('a', 'b'),
    ];
    for (const call of calls) {
      const error = await thrownBy(call());
      expect(error).to.be.instanceOf(DependencyDown).with.property('dependency', 'event log');
      expect(error).to.have.nested.property('cause.code', 'ECONNREFUSED');
    }
  });
});

describe('PostgreSQL: following', () => {
  const { open, cutAllConnections } = postgresStores();

  it('finds what is new without being told', async () => {
    const store = open({ listenUrl: 'postgres://nobody@127.0.0.1:1/nothing' });
    const stream = randomStream();
    const checkpoint = await endOf(store);
    const appended: Promise<unknown>[] = [];
    const pages = await followUntil(store, checkpoint, 10, (some) => {
      if (appended.length === 0) appended.push(store.append(appendOf(stream, 0, { events: notes(3) })));
      return eventsOf(some, new Set([stream])).length === 3;
    });
    await Promise.all(appended);
    expect(eventsOf(pages, new Set([stream])).map(({ revision }) => revision)).to.deep.equal([1, 2, 3]);
  });

  it('goes on after every connection was lost', async () => {
    const store = open();
    const writer = open();
    const stream = randomStream();
    const checkpoint = await endOf(store);
    const following = followUntil(store, checkpoint, 10, (some) => eventsOf(some, new Set([stream])).length === 5);
    const writing = async (): Promise<void> => {
      for (let nth = 0; nth < 5; nth++) {
        await cutAllConnections();
        await appendSomehow(writer, stream);
      }
    };
    const [pages] = await Promise.all([following, writing()]);
    expect(eventsOf(pages, new Set([stream])).map((event) => event.revision)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('refuses a checkpoint of another log, or of a later state of this one', async () => {
    const store = open();
    const { position } = written(await store.append(appendOf(randomStream(), 0)));
    const checkpoint = await endOf(store);
    const epoch = checkpoint.split('/')[0] ?? '';
    for (const stale of [`${randomUUID()}/1`, `${epoch}/${position + 1}`, 'C:1/P:1']) {
      expect(await thrownBy(store.readLog(stale, 10)))
        .to.be.instanceOf(StaleCheckpoint)
        .with.property('code', 'stale-checkpoint');
      expect(await thrownBy(followUntil(store, stale, 10, () => true))).to.be.instanceOf(StaleCheckpoint);
    }
  });
});
