import { expect } from 'chai';
import { card, cash } from '../../web/pos/payment.ts';
import { amountText, formatMoney, parseAmount } from '../../web/shared/money.ts';

describe('Typed amounts', () => {
  it('are read with a point or a comma, to the cent', () => {
    expect(['42', '42.5', '42,50', ' 0.05 '].map((typed) => parseAmount(typed, 'USD'))).to.deep.equal([4200, 4250, 4250, 5]);
  });
  it('are refused where they are none', () => {
    expect(['', 'x', '-1', '1.234', '1.2.3', '1e3'].map((typed) => parseAmount(typed, 'USD'))).to.deep.equal([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
  it('have the digits of their currency', () => {
    expect([parseAmount('420', 'JPY'), parseAmount('420.5', 'JPY'), amountText(420, 'JPY'), amountText(4250, 'USD')]).to.deep.equal([
      420,
      null,
      '420',
      '42.50',
    ]);
    expect(formatMoney({ amount: 123_450, currency: 'USD' }, 'en-US')).to.equal('$1,234.50');
  });
});

describe('Cash', () => {
  it('is taken up to what is due; the rest goes back', () => {
    expect(cash('50', 3985, 'USD')).to.deep.equal({ ok: true, payment: { amount: 3985, change: 1015 } });
    expect(cash('20', 3985, 'USD')).to.deep.equal({ ok: true, payment: { amount: 2000, change: 0 } });
  });
  it('needs an amount', () => expect(['', '0', 'ten'].map((typed) => cash(typed, 3985, 'USD').ok)).to.deep.equal([false, false, false]));
});

describe('A card', () => {
  const typed = { amount: '39.85', tip: '', lastFour: '1234' };

  it('pays with a tip on top', () => {
    expect(card({ ...typed, tip: '5' }, 3985, 'USD')).to.deep.equal({ ok: true, payment: { amount: 3985, tip: 500, lastFour: '1234' } });
    expect(card(typed, 3985, 'USD')).to.deep.equal({ ok: true, payment: { amount: 3985, tip: 0, lastFour: '1234' } });
  });
  it('takes no more than is due, nor more of its number than four digits', () => {
    expect([
      card({ ...typed, amount: '40' }, 3985, 'USD').ok,
      card({ ...typed, lastFour: '12345' }, 3985, 'USD').ok,
      card({ ...typed, tip: 'x' }, 3985, 'USD').ok,
    ]).to.deep.equal([false, false, false]);
  });
});
