import { expect } from 'chai';
import { salesReport } from '../../src/queries/sales.ts';
import { refusalAsync } from './refusal-async.ts';
import { asking } from './asking.ts';
import { edamameDishId, hamburgerId, newYork, paris, parisItemId, story } from './story.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });

describe('Sales report', () => {
  const { ask } = asking(story);
  const the14th = { from: '2025-03-14', to: '2025-03-14', locationId: newYork };

  it('adds up what was sold on a business day, which goes on past midnight: nothing voided, cancelled or unpaid', async () => {
    expect(await ask(salesReport, the14th)).to.deep.equal({
      total: { orders: 2, lines: 3, gross: usd(4385) },
      groups: [
        { key: hamburgerId, name: 'Hamburger', orders: 2, lines: 2, gross: usd(3885) },
        { key: edamameDishId, name: 'Edamame', orders: 1, lines: 1, gross: usd(500) },
      ],
    });
  });

  it('begins the next day at the location’s own hour', async () => {
    expect((await ask(salesReport, { ...the14th, from: '2025-03-15', to: '2025-03-15' }))?.total).to.deep.equal({
      orders: 1,
      lines: 1,
      gross: usd(1295),
    });
    expect((await ask(salesReport, { ...the14th, to: '2025-03-15' }))?.total).to.deep.equal({ orders: 3, lines: 4, gross: usd(5680) });
  });

  it('adds up by category', async () => {
    expect((await ask(salesReport, { ...the14th, groupBy: 'category' }))?.groups).to.deep.equal([
      { key: 'american', name: 'American', orders: 2, lines: 2, gross: usd(3885) },
      { key: 'asian', name: 'Asian', orders: 1, lines: 1, gross: usd(500) },
    ]);
  });

  it('adds up by the hour on the wall', async () => {
    expect((await ask(salesReport, { ...the14th, to: '2025-03-15', groupBy: 'hour' }))?.groups).to.deep.equal([
      { key: '03', name: '03:00', orders: 1, lines: 1, gross: usd(1295) },
      { key: '04', name: '04:00', orders: 1, lines: 1, gross: usd(1295) },
      { key: '20', name: '20:00', orders: 1, lines: 2, gross: usd(3090) },
    ]);
  });

  it('comes to nothing on a day without sales, in the currency of the place', async () => {
    const answer = await ask(salesReport, { from: '2024-01-01', to: '2024-01-02', locationId: paris });
    expect(answer).to.deep.equal({ total: { orders: 0, lines: 0, gross: { amount: 0, currency: 'EUR' } }, groups: [] });
  });

  it('does not add up currencies', async () => {
    const refused = await refusalAsync(ask(salesReport, { from: '2025-03-14', to: '2025-03-14' }));
    expect(refused.code).to.equal('currencies-mixed');
    expect((await ask(salesReport, { from: '2025-03-15', to: '2025-03-15' }))?.total.gross).to.deep.equal(usd(1295));
  });

  it('is of the asker’s locations alone', async () => {
    const day = { from: '2025-03-14', to: '2025-03-14' };
    expect((await ask(salesReport, day, [paris]))?.groups).to.deep.equal([
      { key: parisItemId, name: 'Crêpe', orders: 1, lines: 1, gross: { amount: 700, currency: 'EUR' } },
    ]);
    expect(await ask(salesReport, the14th, [paris])).to.equal(null);
    expect(await ask(salesReport, day, [])).to.equal(null);
  });
});
