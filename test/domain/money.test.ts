import { expect } from 'chai';
import fc from 'fast-check';
import { add, isCurrency, requireCurrency, subtract, sum, times } from '../../src/domain/money.ts';
import { refusalOf } from '../support/spec.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const anAmount = fc.integer().map(usd);

describe('Money', () => {
  it('adds, subtracts and multiplies minor units', () => {
    expect(add(usd(1295), usd(5))).to.deep.equal(usd(1300));
    expect(subtract(usd(1295), usd(1300))).to.deep.equal(usd(-5));
    expect(times(usd(1295), 3)).to.deep.equal(usd(3885));
    expect(sum('USD', [usd(1), usd(2), usd(3)])).to.deep.equal(usd(6));
    expect(sum('USD', [])).to.deep.equal(usd(0));
  });

  it('multiplies as it adds', () =>
    fc.assert(
      fc.property(anAmount, fc.nat({ max: 50 }), (price, portions) => {
        expect(times(price, portions)).to.deep.equal(
          sum(
            'USD',
            Array.from({ length: portions }, () => price),
          ),
        );
      }),
    ));

  it('takes away what was added', () =>
    fc.assert(fc.property(anAmount, anAmount, (a, b) => void expect(subtract(add(a, b), b)).to.deep.equal(a))));

  it('refuses to mix currencies', () => {
    for (const mix of [
      () => add(usd(1), eur(1)),
      () => subtract(usd(1), eur(1)),
      () => sum('USD', [eur(1)]),
      () => requireCurrency('USD', usd(1), eur(1)),
    ])
      expect(refusalOf(mix).code).to.equal('currency-mismatch');
  });

  it('refuses what is no longer exact', () => {
    for (const huge of [() => add(usd(Number.MAX_SAFE_INTEGER), usd(1)), () => times(usd(2 ** 52), 3), () => times(usd(1), 0.5)])
      expect(refusalOf(huge).code).to.equal('amount-too-large');
  });

  it('knows the shape of a currency', () => {
    expect(['USD', 'EUR', 'usd', 'US', 'USDT', ''].filter(isCurrency)).to.deep.equal(['USD', 'EUR']);
  });
});
