import { expect } from 'chai';
import fc from 'fast-check';
import { holdsCardNumber } from '../../src/domain/card-number.ts';

const luhnDigit = (digits: string): string => {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
};
const cardNumbers = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 17 }))
  .map(([first, rest]) => `${first}${rest.join('')}`)
  .map((digits) => digits + luhnDigit(digits));
const separators = fc.constantFrom('', ' ', '-', '\u00a0', '–');

describe('A card number', () => {
  it('is found wherever it stands, with spaces or dashes between or without', () => {
    fc.assert(
      fc.property(
        cardNumbers,
        separators,
        fc.constantFrom('', 'card ', 'pay with: '),
        fc.constantFrom('', ' please', ', exp 12/27'),
        (digits, between, before, after) => {
          const groups = digits.match(/\d{1,4}/g)?.join(between);
          expect(holdsCardNumber(`${before}${groups}${after}`)).to.equal(true);
        },
      ),
    );
  });

  for (const text of [
    '4242424242424242',
    '4242 4242 4242 4242',
    '5555-5555-5555-4444',
    '3782 822463 10005',
    '6011000990139424',
    'his card is 4111111111111111.',
    '4242 4242 4242 4242 12 27',
    'Visa4242424242424242x',
    '12 4242 4242 4242 4242',
    '+4242424242424242',
    '４２４２４２４２４２４２４２４２',
    '01939f3a-1000-7000-8000-000000000001 4242424242424242',
  ])
    it(`is ${text}`, () => expect(holdsCardNumber(text)).to.equal(true));

  for (const text of [
    '',
    '4242',
    '4242424242424241',
    '123456789012',
    '0000000000000000',
    '+351 912 345 678',
    '+4915112345678',
    '2026-03-01T12:00:00.000Z',
    'DN-20871',
    'no onions, table 12, 3 guests, 19:30',
  ])
    it(`is not ${JSON.stringify(text)}`, () => expect(holdsCardNumber(text)).to.equal(false));

  it('is no UUID, nor the id of a ticket', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 9999 }), (id, nth) => {
        expect(holdsCardNumber(id)).to.equal(false);
        expect(holdsCardNumber(`${id}.${nth}`)).to.equal(false);
        expect(holdsCardNumber(`Order-${id}`)).to.equal(false);
      }),
    );
  });

  it('is no number of fewer than 13 digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (number) => {
        expect(holdsCardNumber(`no. ${number}`)).to.equal(false);
      }),
    );
  });
});
