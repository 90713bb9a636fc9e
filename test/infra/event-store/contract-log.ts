import { expect } from 'chai';
import type { LogEvent, LogPage } from '../../../src/commands/ports.ts';
import {
  appendOf,
  appendSomehow,
  endOf,
  eventsOf,
  followUntil,
  notes,
  placeOf,
  randomStream,
  readLogOf,
  together,
  written,
} from './appends.ts';
import type { Subject } from './contract.ts';

const rising = (events: readonly LogEvent[]): void => {
  events.forEach((event, index) => {
    const before = events[index - 1];
    if (before !== undefined) expect(event.position).to.be.greaterThan(before.position);
  });
};

/** Every revision of each stream once, in order. */
const complete = (events: readonly LogEvent[], streams: readonly string[], each: number): void => {
  for (const stream of streams) {
    expect(events.filter((event) => event.stream === stream).map(({ revision }) => revision)).to.deep.equal(
      Array.from({ length: each }, (_, nth) => nth + 1),
    );
  }
};

const seen = (count: number, streams: ReadonlySet<string>) => (pages: readonly LogPage[]) => eventsOf(pages, streams).length >= count;

export const describeLog = ({ store, another }: Subject): void => {
  describe('the log', () => {
    it('is read in the order it was written, whatever the size of the pages', async () => {
      const streams = Array.from({ length: 3 }, randomStream);
      const places: string[] = [];
      const start = await endOf(store());
      for (let nth = 0; nth < 12; nth++) {
        const stream = streams[nth % 3] ?? '';
        const { revision } = await appendSomehow(store(), stream);
        places.push(`${stream}@${revision}`);
      }
      for (const limit of [1, 5, 1000]) {
        const events = await readLogOf(store(), new Set(streams), start, limit);
        expect(events.map(placeOf)).to.deep.equal(places);
        rising(events);
      }
    });

    it('leaves out nothing but what may be left out, and tells how far that goes', async () => {
      const streams = Array.from({ length: 3 }, randomStream);
      const wanted = new Set(streams);
      const start = await endOf(store());
      for (let nth = 0; nth < 30; nth++) {
        const type = nth < 20 && nth % 3 !== 0 ? 'TableSeated' : 'OrderNoted';
        await appendSomehow(store(), streams[nth % 3] ?? '', { events: [{ type, data: { nth } }] });
      }
      const whole = await readLogOf(store(), wanted, start);
      for (const limit of [1, 2, 4, 7, 500]) {
        const events: LogEvent[] = [];
        let before = 0;
        let page = await store().readLog(start, limit, ['TableSeated', 'TableReleased']);
        for (; page.events.length > 0; page = await store().readLog(page.checkpoint, limit, ['TableSeated', 'TableReleased'])) {
          expect(page.events.length).to.be.at.most(limit);
          const to = page.to ?? page.events.at(-1)?.position ?? 0;
          expect(to).to.be.at.least(page.events.at(-1)?.position ?? Infinity);
          expect(page.events[0]?.position).to.be.greaterThan(before);
          expect(page.head).to.be.at.least(to);
          before = to;
          events.push(...page.events.filter(({ stream }) => wanted.has(stream)));
        }
        const leftOut = whole.filter((event) => !events.some(({ eventId }) => eventId === event.eventId));
        expect(leftOut.every(({ type }) => type === 'TableSeated')).to.equal(true);
        expect(events).to.deep.equal(whole.filter((event) => !leftOut.includes(event)));
      }
    });

    it('gives an empty page at its end, from which one goes on', async () => {
      const checkpoint = await endOf(store());
      expect((await store().readLog(checkpoint, 10)).events).to.deep.equal([]);
      const stream = randomStream();
      await store().append(appendOf(stream, 0));
      const page = await store().readLog(checkpoint, 10);
      expect(page.events.map(placeOf)).to.deep.equal([`${stream}@1`]);
      expect((await another().readLog(page.checkpoint, 10)).events).to.deep.equal([]);
    });

    it('tells its head', async () => {
      const { position } = written(await store().append(appendOf(randomStream(), 0, { events: notes(3) })));
      expect(await store().head()).to.equal(position);
      expect(await another().head()).to.equal(position);
      const after = written(await store().append(appendOf(randomStream(), 0)));
      expect(await store().head()).to.equal(after.position);
    });

    it('is followed without gap or repeat while many write', async () => {
      const streams = Array.from({ length: 6 }, randomStream);
      const wanted = new Set(streams);
      const checkpoint = await endOf(store());
      const following = [3, 50].map((limit) => followUntil(another(), checkpoint, limit, seen(6 * 30, wanted)));
      await together(6, async (writer) => {
        const stream = streams[writer] ?? '';
        for (let expected = 0; expected < 30;) {
          const count = Math.min(30 - expected, 1 + ((writer + expected) % 4));
          ({ revision: expected } = written(await store().append(appendOf(stream, expected, { events: notes(count) }))));
        }
      });
      for (const pages of await Promise.all(following)) {
        const events = eventsOf(pages, wanted);
        expect(events).to.have.length(6 * 30);
        complete(events, streams, 30);
        rising(pages.flatMap((page) => page.events));
        for (const { events: some, head } of pages) expect(head).to.be.at.least(some.at(-1)?.position ?? 0);
      }
      expect((await Promise.all(following))[0]?.every(({ events }) => events.length <= 3)).to.equal(true);
    });

    it('is followed from any checkpoint one stopped at', async () => {
      const streams = Array.from({ length: 4 }, randomStream);
      const wanted = new Set(streams);
      const checkpoint = await endOf(store());
      await together(4, (writer) => store().append(appendOf(streams[writer] ?? '', 0, { events: notes(10) })));
      const all = await followUntil(store(), checkpoint, 7, seen(40, wanted));
      for (const { checkpoint: stoppedAt } of all) {
        const before = eventsOf(all.slice(0, all.findIndex((page) => page.checkpoint === stoppedAt) + 1), wanted);
        const rest = before.length === 40 ? [] : await followUntil(another(), stoppedAt, 4, seen(40 - before.length, wanted));
        complete([...before, ...eventsOf(rest, wanted)], streams, 10);
      }
    });

    it('says that its head was reached, and goes on', async () => {
      const stream = randomStream();
      const checkpoint = await endOf(store());
      const appended: Promise<unknown>[] = [];
      const pages = await followUntil(store(), checkpoint, 10, (some) => {
        if (appended.length === 0) appended.push(store().append(appendOf(stream, 0)));
        return seen(1, new Set([stream]))(some);
      });
      await Promise.all(appended);
      expect(pages[0]?.events).to.deep.equal([]);
      expect(eventsOf(pages, new Set([stream])).map(placeOf)).to.deep.equal([`${stream}@1`]);
    });

    it('is no longer followed once the signal is aborted, or the store closed', async () => {
      const pages = await followUntil(store(), await endOf(store()), 10, () => true);
      expect(pages).to.have.length(1);
      const closing = another();
      const following = (async () => {
        for await (const page of closing.follow('', { limit: 1000, signal: new AbortController().signal })) {
          if (page.events.length === 0) await closing.close();
        }
      })();
      await store().append(appendOf(randomStream(), 0));
      const closed = closing.close();
      await Promise.all([following, closed]);
      const error: unknown = await closing.append(appendOf(randomStream(), 0)).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Error);
    });
  });
};
