import { expect } from 'chai';
import { version } from 'uuid';
import { appendOf, appendSomehow, note, notes, randomStream, readLogOf, someMetadata, together, written } from './appends.ts';
import type { Subject } from './contract.ts';

export const describeAppends = ({ store, another }: Subject): void => {
  describe('appending', () => {
    it('reads nothing from a stream that is not there', async () => {
      expect(await store().readStream(randomStream())).to.deep.equal([]);
    });

    it('reads back what was appended, with all that is known of it', async () => {
      const stream = randomStream();
      const metadata = someMetadata();
      const events = [note('first'), { type: 'OrderClosed', data: { total: { amount: 1295, currency: 'USD' } } }];
      const done = written(await store().append(appendOf(stream, 0, { events, metadata })));
      const read = await store().readStream(stream);

      expect(read.map(({ type, data }) => ({ type, data }))).to.deep.equal(events);
      expect(read.map(({ revision }) => revision)).to.deep.equal([1, 2]);
      for (const event of read) {
        expect(event.stream).to.equal(stream);
        expect(event.metadata).to.deep.equal(metadata);
        expect(event.recordedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(version(event.eventId)).to.equal(7);
      }
      const [first, last] = read;
      expect(first?.eventId).not.to.equal(last?.eventId);
      expect(first?.position).to.be.lessThan(last?.position ?? 0);
      expect(done).to.deep.equal({ kind: 'appended', revision: 2, position: last?.position, recordedAt: last?.recordedAt });
    });

    it('goes on where the stream ends, and reads after a revision', async () => {
      const stream = randomStream();
      await store().append(appendOf(stream, 0, { events: notes(3) }));
      const done = written(await store().append(appendOf(stream, 3, { events: [note('fourth')] })));
      expect(done.revision).to.equal(4);
      const after = async (revision: number) => (await store().readStream(stream, revision)).map((event) => event.revision);
      expect(await after(0)).to.deep.equal([1, 2, 3, 4]);
      expect(await after(2)).to.deep.equal([3, 4]);
      expect(await after(4)).to.deep.equal([]);
      expect(await after(9)).to.deep.equal([]);
    });

    it('is seen by another store, and the other way round', async () => {
      const stream = randomStream();
      await store().append(appendOf(stream, 0));
      const other = another();
      expect(await other.readStream(stream)).to.have.length(1);
      written(await other.append(appendOf(stream, 1)));
      expect(await store().append(appendOf(stream, 1))).to.deep.equal({ kind: 'conflict', actual: 2 });
      written(await store().append(appendOf(stream, 2)));
    });

    for (const [what, expected, actual] of [
      ['too low', 1, 2],
      ['none', 0, 2],
      ['too high', 3, 2],
    ] as const) {
      it(`refuses an expected revision that is ${what}, and writes nothing`, async () => {
        const stream = randomStream();
        await store().append(appendOf(stream, 0, { events: notes(2) }));
        expect(await store().append(appendOf(stream, expected, { events: notes(5) }))).to.deep.equal({ kind: 'conflict', actual });
        expect(await another().append(appendOf(stream, expected, { events: notes(5) }))).to.deep.equal({ kind: 'conflict', actual });
        expect(await store().readStream(stream)).to.have.length(2);
      });
    }

    it('refuses an expected revision where there is no stream', async () => {
      const stream = randomStream();
      expect(await store().append(appendOf(stream, 1))).to.deep.equal({ kind: 'conflict', actual: 0 });
      expect(await store().readStream(stream)).to.deep.equal([]);
      written(await store().append(appendOf(stream, 0)));
    });

    it('lets one of many at the same revision through', async () => {
      const stream = randomStream();
      const outcomes = await together(20, () => store().append(appendOf(stream, 0)));
      expect(outcomes.filter(({ kind }) => kind === 'appended')).to.have.length(1);
      expect(outcomes.filter((outcome) => outcome.kind === 'conflict' && outcome.actual === 1)).to.have.length(19);
      expect(await store().readStream(stream)).to.have.length(1);
    });

    it('loses nothing and leaves no gap with 64 writers on 8 streams', async () => {
      const streams = Array.from({ length: 8 }, randomStream);
      const perWriter = 4;
      const acknowledged = (
        await together(64, async (writer) => {
          const stream = streams[writer % 8] ?? '';
          const texts: string[] = [];
          for (let nth = 0; nth < perWriter; nth++) {
            const text = `${writer}-${nth}`;
            await appendSomehow(store(), stream, { events: [note(text)] });
            texts.push(text);
          }
          return texts;
        })
      ).flat();
      const read = await Promise.all(streams.map((stream) => store().readStream(stream)));
      for (const events of read)
        expect(events.map(({ revision }) => revision)).to.deep.equal(Array.from({ length: 8 * perWriter }, (_, nth) => nth + 1));
      expect(read.flat().map(({ data }) => (data as { text: string }).text)).to.have.members(acknowledged);
    });

    it('keeps the events of one append side by side in the log', async () => {
      const streams = Array.from({ length: 12 }, randomStream);
      await together(12, async (writer) => {
        const stream = streams[writer] ?? '';
        for (const expected of [0, 5, 10]) written(await store().append(appendOf(stream, expected, { events: notes(5) })));
      });
      const log = await readLogOf(store(), new Set(streams));
      expect(log).to.have.length(12 * 15);
      for (let start = 0; start < log.length; start += 5) {
        const [one, ...others] = log.slice(start, start + 5);
        expect(new Set(others.map(({ metadata }) => metadata.commandId))).to.deep.equal(new Set([one?.metadata.commandId]));
      }
    });

    it('takes many events in one append', async () => {
      const stream = randomStream();
      const done = written(await store().append(appendOf(stream, 0, { events: notes(700) })));
      const read = await store().readStream(stream);
      expect(done).to.include({ revision: 700, position: read.at(-1)?.position });
      expect(read.map(({ data }) => (data as { text: number }).text)).to.deep.equal(notes(700).map((_, nth) => nth));
    });
  });
};
