import { expect } from 'chai';
import fc from 'fast-check';
import type { EventStore, LogEvent } from '../../../src/commands/ports.ts';
import { appendItem } from '../../../src/infra/event-store/postgres/append-call.ts';
import { type Batch, writtenHere } from '../../../src/infra/event-store/postgres/written-here.ts';
import {
  appendOf,
  endOf,
  eventsOf,
  followUntil,
  note,
  placeOf,
  randomStream,
  readLogOf,
  receiptFor,
  together,
  written,
} from './appends.ts';
import { postgresStores } from './postgres-stores.ts';

const EPOCH = '5f0d9a3e-6a0c-4c39-9b5b-8f1f6f6e2c11';
const ANOTHER_EPOCH = '0c7b6f52-1b52-4d5b-8d5e-3a3f6a1f9e22';
const AT = '2026-01-02T03:04:05.678Z';
const after = (position: number, epoch = EPOCH): string => `${epoch}/${position}`;

/** One append that wrote so many events, the last of them at this position. */
const batchTo = (position: number, count = 1, epoch = EPOCH): Batch => ({
  epoch,
  items: [appendItem(appendOf('Order-1', 0, { events: Array.from({ length: count }, (_, nth) => note(nth)) }))],
  verdicts: [{ kind: 'written', position, recordedAt: AT }],
});
const positionsOf = (page: { readonly events: readonly LogEvent[] } | null): readonly number[] | null =>
  page && page.events.map(({ position }) => position);

describe('What a process wrote to the log itself', () => {
  it('is what follows on a checkpoint', () => {
    const here = writtenHere();
    here.add(batchTo(12, 3));
    here.add(batchTo(13));
    expect(here.pageAfter(after(9), 10)).to.deep.include({ checkpoint: after(13), head: 13 });
    expect(positionsOf(here.pageAfter(after(9), 10))).to.deep.equal([10, 11, 12, 13]);
    expect(positionsOf(here.pageAfter(after(11), 10))).to.deep.equal([12, 13]);
    expect(here.has(9) || here.has(14)).to.equal(false);
    expect(here.has(10) && here.has(13)).to.equal(true);
  });

  it('comes in pages no larger than asked, which say that there is more', () => {
    const here = writtenHere();
    here.add(batchTo(5, 5));
    expect(here.pageAfter(after(0), 2)).to.deep.include({ checkpoint: after(2), head: 5 });
  });

  it('is nothing before the first append', () => {
    expect(writtenHere().pageAfter(after(0), 10)).to.equal(null);
    expect(writtenHere().pageAfter('', 10)).to.equal(null);
  });

  it('is not told to who has not come as far, is further, or reads another log', () => {
    const here = writtenHere();
    here.add(batchTo(12, 3));
    for (const checkpoint of [after(8), after(12), after(20), after(9, ANOTHER_EPOCH), ''])
      expect(here.pageAfter(checkpoint, 10), checkpoint).to.equal(null);
  });

  it('begins anew where somebody else wrote in between, or the log became another one', () => {
    const here = writtenHere();
    here.add(batchTo(3, 3));
    here.add(batchTo(5));
    expect(here.pageAfter(after(0), 10)).to.equal(null);
    expect(positionsOf(here.pageAfter(after(4), 10))).to.deep.equal([5]);
    here.heardOf(90);
    here.add(batchTo(6, 1, ANOTHER_EPOCH));
    expect(here.pageAfter(after(4), 10)).to.equal(null);
    expect(here.pageAfter(after(5, ANOTHER_EPOCH), 10)?.head).to.equal(6);
  });

  it('says that there is more where the log is known to have gone on', () => {
    const here = writtenHere();
    here.heardOf(7);
    here.add(batchTo(5));
    here.heardOf(9);
    here.heardOf(8);
    here.add(batchTo(6));
    expect(here.pageAfter(after(4), 10)?.head).to.equal(9);
  });

  it('leaves out what was not written', () => {
    const here = writtenHere();
    const [one, other] = [batchTo(4), batchTo(5)];
    here.add({
      epoch: EPOCH,
      items: [...one.items, ...one.items, ...one.items, ...other.items],
      verdicts: [...one.verdicts, { kind: 'conflict', actual: 7 }, { kind: 'known' }, ...other.verdicts],
    });
    expect(positionsOf(here.pageAfter(after(3), 10))).to.deep.equal([4, 5]);
  });

  it('keeps no more than it may, and the newest of it', () => {
    const [batch] = [batchTo(1)];
    const mostSize = 20 * (batch.items[0]?.size ?? 0);
    const here = writtenHere(mostSize);
    for (let position = 1; position <= 100; position++) {
      here.add(batchTo(position));
      const kept = here.pageAfter(after(position - 1), 10);
      expect(positionsOf(kept)).to.deep.equal([position]);
    }
    expect(here.has(90)).to.equal(true);
    expect(here.has(80)).to.equal(false);
  });

  it('is never anything but the log', () => {
    const step = fc.record({
      mine: fc.boolean(),
      count: fc.integer({ min: 1, max: 4 }),
      at: fc.nat({ max: 60 }),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const here = writtenHere(3_000);
        let last = 0;
        for (const { mine, count, at, limit } of steps) {
          last += count;
          if (mine) here.add(batchTo(last, count));
          const page = here.pageAfter(after(at), limit);
          if (page === null) continue;
          expect(positionsOf(page)).to.deep.equal(Array.from({ length: page.events.length }, (_, nth) => at + 1 + nth));
          expect(page.events.length).to.be.within(1, limit);
          expect(page.events.at(-1)?.position).to.be.at.most(last);
        }
      }),
    );
  });
});

describe('Following a log in PostgreSQL that one writes oneself', () => {
  const stores = postgresStores();
  const seen = (count: number, streams: ReadonlySet<string>) => (pages: Parameters<typeof eventsOf>[0]) =>
    eventsOf(pages, streams).length >= count;

  /** Follows while `write` runs, which begins at the log's head. */
  const followed = async (store: EventStore, streams: ReadonlySet<string>, count: number, write: () => Promise<unknown>) => {
    const writing: Promise<unknown>[] = [];
    const checkpoint = await endOf(store);
    const pages = await followUntil(store, checkpoint, 7, (some) => {
      if (writing.length === 0) writing.push(write());
      return seen(count, streams)(some);
    });
    await Promise.all(writing);
    return { checkpoint, events: eventsOf(pages, streams) };
  };

  it('gives the events as they are read back', async () => {
    const store = stores.open();
    const stream = randomStream();
    const texts = ['plain', '寿司 🍣', 'a "quote", a \\ and a\nline', { deep: [1, 2.5, null, true] }, '\u001e and \u001f'];
    const { checkpoint, events } = await followed(store, new Set([stream]), 2 * texts.length, async () => {
      for (const [nth, text] of texts.entries())
        await store.append(
          appendOf(stream, 2 * nth, { events: [note(text), note(nth)], receipt: nth % 2 === 0 ? receiptFor(`key-${nth}`) : null }),
        );
    });
    expect(events).to.deep.equal(await readLogOf(stores.open(), new Set([stream]), checkpoint));
  });

  it('misses and repeats nothing while another process writes too', async () => {
    const [store, another] = [stores.open(), stores.open()];
    const streams = Array.from({ length: 6 }, randomStream);
    const { checkpoint, events } = await followed(store, new Set(streams), 6 * 20, () =>
      together(6, async (writer) => {
        for (let expected = 0; expected < 20;) {
          const outcome = await (writer % 2 === 0 ? store : another).append(appendOf(streams[writer] ?? '', expected));
          ({ revision: expected } = written(outcome));
        }
      }),
    );
    const read = await readLogOf(another, new Set(streams), checkpoint);
    expect(events.map(placeOf)).to.deep.equal(read.map(placeOf));
    expect(events).to.deep.equal(read);
  });

  it('hears of what another wrote while its own append was under way', async () => {
    const [store, another] = [stores.open(), stores.open()];
    const streams = Array.from({ length: 2 }, randomStream);
    for (let round = 0; round < 10; round++) {
      const { events } = await followed(store, new Set(streams), 2, () =>
        Promise.all([store.append(appendOf(streams[0] ?? '', round)), another.append(appendOf(streams[1] ?? '', round))]),
      );
      expect(events.map(placeOf)).to.have.members(streams.map((stream) => `${stream}@${round + 1}`));
    }
  });
});
