import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { openText, sealText, subjectOf, type Place } from '../../../src/infra/privacy/seal-text.ts';

const key = randomBytes(32);
const word = fc.string({ minLength: 1, maxLength: 30 });
const places: fc.Arbitrary<Place> = fc.record({
  stream: word,
  revision: fc.integer({ min: 1, max: 10_000 }),
  type: word,
  field: word,
  subject: fc.uuid(),
});
const texts = fc.string({ unit: 'binary', maxLength: 200 });

describe('A sealed text', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(texts, places, (text, place) => {
        const sealed = sealText(key, text, place);
        expect(openText(key, sealed, place)).to.equal(text);
        expect(subjectOf(sealed)).to.equal(place.subject);
      }),
    );
  });

  it('opens nowhere else: not in another stream, event, field, or as another person’s', () => {
    fc.assert(
      fc.property(
        texts,
        places,
        places,
        fc.constantFrom<keyof Place>('stream', 'revision', 'type', 'field', 'subject'),
        (text, here, there, part) => {
          fc.pre(here[part] !== there[part]);
          expect(openText(key, sealText(key, text, here), { ...here, [part]: there[part] })).to.equal(null);
        },
      ),
    );
  });

  it('opens with its own key alone, and not when a bit of it was changed', () => {
    fc.assert(
      fc.property(texts, places, fc.nat(), (text, place, nth) => {
        const sealed = sealText(key, text, place);
        expect(openText(randomBytes(32), sealed, place)).to.equal(null);
        const start = sealed.lastIndexOf(':') + 1;
        const bytes = Buffer.from(sealed.slice(start), 'base64url');
        const at = nth % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (nth % 8)), at);
        expect(openText(key, sealed.slice(0, start) + bytes.toString('base64url'), place)).to.equal(null);
      }),
    );
  });

  it('never looks the same twice', () => {
    const place: Place = { stream: 'Shift-1', revision: 1, type: 'ShiftClockedIn', field: 'name', subject: 'u' };
    expect(sealText(key, 'Ana', place)).to.not.equal(sealText(key, 'Ana', place));
  });

  it('is not taken for one where it is none', () => {
    for (const text of ['Ana', '', 'sealed:v1:', 'sealed:v1::x', 'sealed:v2:u:x']) expect(subjectOf(text)).to.equal(null);
  });
});
