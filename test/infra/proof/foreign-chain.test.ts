import { expect } from 'chai';
import { pino } from 'pino';
import { whyNotInLog } from '../../../src/client/verify/event-command.ts';
import { Tampered } from '../../../src/client/verify/tampered.ts';
import type { EventStore } from '../../../src/commands/ports.ts';
import { headsAfter, type ChainedLog } from '../../../src/infra/proof/chained-log.ts';
import { foreignLog } from '../../../src/infra/proof/foreign-log.ts';
import { keepChaining } from '../../../src/infra/proof/keep-chaining.ts';
import { logProof } from '../../../src/infra/proof/log-proof.ts';
import { ChainBroken, signNextHead } from '../../../src/infra/proof/sign-heads.ts';
import { eventStoreDbStub } from '../../support/eventstoredb-stub.ts';
import type { Tampering } from '../../support/eventstoredb/kept-log.ts';
import { appendSomehow, notes, randomStream } from '../event-store/appends.ts';
import { eventStoreDbStores } from '../event-store/eventstoredb-stores.ts';
import { thrownBy } from '../event-store/thrown-by.ts';
import { asText, clock, exported, fillLog, key, keys, signAll, verifyText } from './chain-under-test.ts';

describe('The chain of a log in EventStoreDB', () => {
  const { open, stub, url, pool, owner } = eventStoreDbStores();
  let store: EventStore;
  let chained: ChainedLog;
  let stops: (() => Promise<void>)[] = [];
  const complaints: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void complaints.push(line) });

  const chain = (from = store, pageSize = 7): (() => Promise<void>) => {
    const stopping = new AbortController();
    const working = keepChaining({ ownerUrl: url(), store: from, metrics: { chained: () => undefined }, log, pageSize }, stopping.signal);
    const stop = (): Promise<void> => {
      stopping.abort();
      return working;
    };
    stops.push(stop);
    return stop;
  };
  const countOfEvents = async (): Promise<number> => (await store.readLog('', 100_000)).events.length;
  /** Until the chain has what the log has. */
  const caughtUp = async (): Promise<number> => {
    const count = await countOfEvents();
    while ((await chained.position()) < count);
    return count;
  };
  const text = async (shows?: (locationId: string | null) => boolean): Promise<string> => asText(await exported(owner(), shows, chained));

  beforeEach(() => {
    store = open();
    chained = foreignLog(owner(), store);
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    stops = [];
  });

  it('has every event once, in order, through restarts, cut subscriptions and what is not ours', async () => {
    const stopFirst = chain();
    await fillLog(store, 20);
    stub().writeElsewhere('$stats-127.0.0.1:2113', 40);
    await caughtUp();
    stub().dropSubscriptions('error');
    await appendSomehow(store, randomStream(), { events: notes(11) });
    await caughtUp();
    await stopFirst();
    await appendSomehow(store, randomStream(), { events: notes(25) });
    chain();
    chain(open());
    const count = await caughtUp();
    expect(verifyText(await text())).to.deep.include({ events: count, heads: 0 });
    const { rows } = await owner().query('select position, log_position from foreign_chain order by position');
    const { events } = await store.readLog('', 100_000);
    expect(rows.map((row) => [Number(row.position), Number(row.log_position)])).to.deep.equal(
      events.map(({ position }, index) => [index + 1, position]),
    );
  });

  it('is signed, and shows each event as the log has it, with its place there', async () => {
    await signAll(owner(), chained);
    await appendSomehow(store, randomStream(), { events: notes(4) });
    chain();
    const count = await caughtUp();
    await signAll(owner(), chained);
    expect(verifyText(await text())).to.deep.include({ events: count, heads: 2 });
    expect(await headsAfter(owner(), 0, 10)).to.deep.equal([]);
    const lines = (await exported(owner(), undefined, chained)).filter((line) => line.startsWith('{"type":'));
    const { events } = await store.readLog('', 100_000);
    expect(lines.map((line) => JSON.parse(line) as object)).to.deep.equal(
      events.map((event, index) => ({ ...event, position: index + 1, logPosition: event.position })),
    );
  });

  it('is proven through what an asker may not see', async () => {
    const hidden = await text(() => false);
    expect(hidden).to.not.include('"type"');
    expect(verifyText(hidden)).to.deep.include({ events: await countOfEvents() });
  });

  it('proves each event, asked for by its position in the log, in less than 2 kB', async () => {
    const proofs = logProof(pool(), foreignLog(pool(), store), key, clock);
    const { events } = await store.readLog('', 100_000);
    for (const { position, eventId } of events) {
      const [proof, event] = [await proofs.proof(position), await proofs.event(position)];
      if (proof === null || event === null) throw new Error(`Nothing at ${position}`);
      expect(event.line).to.include(eventId);
      expect(JSON.stringify(proof).length).to.be.below(2000);
      expect(whyNotInLog(Buffer.from(event.line), proof, keys)).to.equal(null);
      expect(whyNotInLog(Buffer.from(event.line.replace(eventId, 'x')), proof, keys)).to.match(/not the event/);
    }
    expect(await proofs.proof(1)).to.equal(null);
    expect(await proofs.event(1)).to.equal(null);
  });

  describe('when somebody was at it', () => {
    /** Ours, by their numbers in the chain. */
    const recordOf = async (position: number): Promise<number> => {
      const { events } = await store.readLog('', 100_000);
      return stub().log.all.findIndex(({ commit }) => Number(commit) === events[position - 1]?.position);
    };
    const found = async (what: string, kind: string, position: number): Promise<void> => {
      const verdict = verifyText(await text());
      expect(verdict, what).to.be.instanceOf(Tampered);
      expect(verdict, what).to.deep.include({ kind, position });
    };

    const ways: readonly (readonly [what: string, with_: Tampering, kind: string])[] = [
      ['data', { data: Buffer.from('{"text":"another"}') }, 'changed'],
      ['type', { type: 'OrderForged' }, 'changed'],
      ['stream', { stream: 'Order-another' }, 'changed'],
      ['time', { created: 0n }, 'changed'],
      ['removal', 'removed', 'removed'],
      ['insertion', 'inserted', 'inserted'],
      ['exchange with the next', 'swapped', 'changed'],
    ];
    for (const [what, with_, kind] of ways) {
      it(`in EventStoreDB, is found and named: ${what}`, async () => {
        const saved = stub().log.saved();
        for (const position of [2, 13, 30]) {
          stub().log.tamper(await recordOf(position), with_);
          await found(`${what} at ${position}`, kind, position);
          stub().log.restore(saved);
        }
        expect(verifyText(await text())).to.not.be.instanceOf(Tampered);
      });
    }

    it('in EventStoreDB, nothing more is signed', async () => {
      chain();
      await appendSomehow(store, randomStream(), { events: notes(6) });
      const count = await caughtUp();
      const saved = stub().log.saved();
      stub().log.tamper(await recordOf(count - 2), { type: 'OrderForged' });
      const error = await thrownBy(signNextHead(owner(), chained, key, clock));
      stub().log.restore(saved);
      expect(error)
        .to.be.instanceOf(ChainBroken)
        .with.property('position', count - 2);
    });

    for (const [what, sql, kind] of [
      ['a hash', 'update foreign_chain set chain = sha256(chain) where position = 9', 'changed'],
      ['a missing row', 'delete from foreign_chain where position = 9', 'changed'],
      ['a row of another event', 'update foreign_chain set log_position = log_position + 1 where position = 9', 'inserted'],
    ] as const) {
      it(`in PostgreSQL as its superuser, is found and named: ${what}`, async () => {
        await owner().query('begin; set local session_replication_role = replica');
        try {
          await owner().query(sql);
          await found(what, kind, 9);
        } finally {
          await owner().query('rollback');
        }
      });
    }

    it('in PostgreSQL, is refused to all others', async () => {
      const error = await thrownBy(pool().query('delete from foreign_chain'));
      expect(error).to.have.property('code', '42501');
      expect(await thrownBy(owner().query('delete from foreign_chain'))).to.have.property('code', '42501');
    });
  });

  it('does not go on after another log', async () => {
    const another = await eventStoreDbStub();
    const theirs = open({ url: another.url });
    await fillLog(theirs, 40);
    const count = await chained.position();
    complaints.length = 0;
    chain(theirs);
    while (!complaints.some((line) => line.includes('chain-broken'))) await chained.position();
    expect(await chained.position()).to.equal(count);
    for (const stop of stops) await stop();
    stops = [];
    await theirs.close();
    await another.stop();
  });
});
