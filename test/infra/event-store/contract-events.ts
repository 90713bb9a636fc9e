import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalEvents } from '../../support/canonical-events.ts';
import { appendOf, endOf, note, randomStream, written } from './appends.ts';
import type { Subject } from './contract.ts';

// cspell:ignore crème brûlée
const ODD_TEXTS = [
  '',
  ' ',
  'crème brûlée',
  '寿司と天ぷら',
  '🍣👩‍🍳',
  '\u0000',
  'a\u0000b',
  '\\u0000',
  '\u001e\u001f\u007f',
  'line\r\nline\ttab',
  '"quoted" \\back\\ {brace}',
  '\ud800',
  'e\u0301',
  '\u202eright to left',
  '</script>',
  "'; drop table events; --",
  'null',
  '{}',
];
const ODD_VALUES = [
  null,
  true,
  0,
  -1,
  0.1,
  1e21,
  5e-324,
  Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[[]]],
  { '': { ' ': [] } },
  { a: [{ b: null }] },
  JSON.parse('{"__proto__":{"x":1},"constructor":2}') as unknown,
];

export const describeEvents = ({ store }: Subject): void => {
  describe('events', () => {
    const roundTrip = async (values: readonly unknown[]): Promise<void> => {
      const stream = randomStream();
      written(await store().append(appendOf(stream, 0, { events: values.map(note) })));
      const read = await store().readStream(stream);
      expect(read.map(({ data }) => JSON.stringify(data))).to.deep.equal(values.map((value) => JSON.stringify(note(value).data)));
    };

    it('come back as they were, with odd texts', () => roundTrip(ODD_TEXTS));
    it('come back as they were, with odd values', () => roundTrip(ODD_VALUES));
    it('come back as they were, whatever JSON they hold', () =>
      fc.assert(fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }), roundTrip), { numRuns: 25 }));
    it('come back as they were, when they are large', () =>
      roundTrip(['lobster 🦞 '.repeat(40_000), Array.from({ length: 20_000 }, (_, nth) => ({ nth }))]));

    it('come back as they were, from the log too', async () => {
      const stream = randomStream();
      const checkpoint = await endOf(store());
      const events = ODD_TEXTS.map(note);
      await store().append(appendOf(stream, 0, { events }));
      const page = await store().readLog(checkpoint, 100);
      expect(page.events.filter((event) => event.stream === stream).map(({ data }) => data)).to.deep.equal(events.map(({ data }) => data));
    });

    it('are refused where they are not JSON', async () => {
      const stream = randomStream();
      for (const data of [undefined, 1n, () => 1]) {
        const error: unknown = await store()
          .append(appendOf(stream, 0, { events: [{ type: 'OrderNoted', data }] }))
          .catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(TypeError);
      }
      expect(await store().readStream(stream)).to.deep.equal([]);
    });

    for (const event of Object.values(canonicalEvents)) {
      it(`keep every shape they ever had: ${event.type}`, async () => {
        const stream = randomStream();
        written(await store().append(appendOf(stream, 0, { events: [event] })));
        const [read] = await store().readStream(stream);
        expect({ type: read?.type, data: read?.data }).to.deep.equal(event);
      });
    }
  });
};
