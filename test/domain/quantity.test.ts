import { expect } from 'chai';
import fc from 'fast-check';
import { dimensionOf, inUnit, smallestUnitOf, toSmallest, type Unit } from '../../src/domain/quantity.ts';
import { refusalOf } from '../support/spec.ts';

const units: readonly Unit[] = ['mg', 'g', 'kg', 'oz', 'lb', 'ul', 'ml', 'cl', 'l', 'piece', 'dozen'];
const smallest = (amount: number | string, unit: Unit) => toSmallest({ amount, unit }).amount;
const refusal = (amount: number | string, unit: Unit) => refusalOf(() => smallest(amount, unit)).code;

describe('Quantity: to the smallest unit', () => {
  it('is exact', () => {
    expect(toSmallest({ amount: '2.5', unit: 'kg' })).to.deep.equal({ amount: 2_500_000, unit: 'mg' });
    expect(toSmallest({ amount: 0.33, unit: 'l' })).to.deep.equal({ amount: 330_000, unit: 'ul' });
    expect(toSmallest({ amount: 1.5, unit: 'dozen' })).to.deep.equal({ amount: 18, unit: 'piece' });
    expect(smallest(75, 'cl')).to.equal(750_000);
    expect(smallest('100', 'lb')).to.equal(45_359_237);
    expect(smallest('1600', 'oz')).to.equal(45_359_237);
  });

  it('takes a number as it is written', () => {
    expect(smallest(0.1, 'g')).to.equal(100);
    expect(smallest(1.005, 'kg')).to.equal(1_005_000);
    expect(smallest(1e-6, 'kg')).to.equal(1);
    expect(smallest(1e-7 * 10, 'kg')).to.equal(1);
    expect(smallest('-2', 'dozen')).to.equal(-24);
    expect(smallest('007.50', 'g')).to.equal(7_500);
  });

  it('refuses what is no whole number of it', () => {
    expect(refusal(1, 'oz')).to.equal('quantity-inexact');
    expect(refusal('0.5', 'piece')).to.equal('quantity-inexact');
    expect(refusal(0.1 + 0.2, 'kg')).to.equal('quantity-inexact');
  });

  it('refuses what is no number', () => {
    for (const amount of ['', ' 1', '1,5', '.5', '1.', '0x10', 'one', '1'.repeat(40), Number.NaN, Number.POSITIVE_INFINITY])
      expect(refusal(amount, 'kg'), String(amount)).to.equal('quantity-invalid');
  });

  it('refuses more than can be kept exactly', () => {
    expect(refusal('9007199254740992', 'mg')).to.equal('quantity-too-large');
    expect(refusal('9007199254.740992', 'kg')).to.equal('quantity-too-large');
    expect(refusal(1e21, 'kg')).to.equal('quantity-too-large');
    expect(smallest('9007199254740991', 'mg')).to.equal(Number.MAX_SAFE_INTEGER);
  });

  it('refuses a unit nobody knows', () => {
    for (const unit of ['stone', 'KG', '', 'toString']) expect(refusal(1, unit as Unit)).to.equal('quantity-unit-unknown');
  });
});

describe('Quantity: in a unit', () => {
  it('is exact decimal text', () => {
    expect(inUnit(2_500_000, 'kg')).to.equal('2.5 kg');
    expect(inUnit(1, 'kg')).to.equal('0.000001 kg');
    expect(inUnit(-1_500, 'g')).to.equal('-1.5 g');
    expect(inUnit(-1, 'l')).to.equal('-0.000001 l');
    expect(inUnit(18, 'dozen')).to.equal('1.5 dozen');
    expect(inUnit(45_359_237, 'lb')).to.equal('100 lb');
    expect(inUnit(0, 'oz')).to.equal('0 oz');
    expect(inUnit(10_000_000, 'kg')).to.equal('10 kg');
  });

  it('is the smallest unit where the text would not end', () => {
    expect(inUnit(5, 'dozen')).to.equal('5 piece');
    expect(inUnit(1, 'lb')).to.equal('1 mg');
  });

  it('says what it was given, whatever the unit', () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(...units), (amount, unit) => {
        const [text, shown] = inUnit(amount, unit).split(' ');
        expect(toSmallest({ amount: text ?? '', unit: shown as Unit })).to.deep.equal({ amount, unit: smallestUnitOf(unit) });
      }),
    ));

  it('comes back from any unit that divides it', () =>
    fc.assert(
      fc.property(fc.integer({ min: -9_000, max: 9_000 }), fc.constantFrom(...units), (millions, unit) => {
        const { amount } = toSmallest({ amount: millions * 1_000_000, unit });
        expect(inUnit(amount, unit)).to.equal(`${millions * 1_000_000} ${unit}`);
      }),
    ));
});

describe('Quantity: dimension', () => {
  it('is that of its unit', () => {
    expect(units.map(dimensionOf)).to.deep.equal([...Array(5).fill('mass'), ...Array(4).fill('volume'), 'count', 'count']);
  });
  it('refuses a unit nobody knows', () => {
    expect(refusalOf(() => dimensionOf('stone')).code).to.equal('quantity-unit-unknown');
  });
});
