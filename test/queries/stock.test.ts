import { expect } from 'chai';
import { alerts } from '../../src/queries/alerts.ts';
import { stockItem, stockItems } from '../../src/queries/stock-levels.ts';
import { asking } from './asking.ts';
import { alertId, beefId, edamameId, flourId, managerId, newYork, paris, secondAlertId, story } from './story.ts';

const kilos = (kg: number) => ({ amount: kg * 1_000_000, unit: 'mg', display: { amount: String(kg), unit: 'kg' } });

describe('Stock asked for', () => {
  const { ask, askAsOf } = asking(story);
  const idsOf = (answer: { readonly items: readonly { readonly stockItemId: string }[] } | null) =>
    answer?.items.map(({ stockItemId }) => stockItemId);

  it('is told as the books have it and as people read it', async () => {
    expect(await ask(stockItem, { stockItemId: beefId })).to.deep.equal({
      stockItemId: beefId,
      locationId: newYork,
      name: 'Ground beef',
      dimension: 'mass',
      displayUnit: 'kg',
      onHand: kilos(10),
      par: kilos(20),
      reorderPoint: kilos(5),
      low: false,
      negative: false,
      lastCountedAt: null,
      revision: 2,
    });
    expect((await ask(stockItem, { stockItemId: edamameId }))?.par).to.deep.equal({
      amount: 20_000_000,
      unit: 'mg',
      display: { amount: '20000', unit: 'g' },
    });
  });

  it('comes by name, page by page', async () => {
    expect(idsOf(await ask(stockItems, {}))).to.deep.equal([edamameId, flourId, beefId]);
    const first = await ask(stockItems, { limit: 2 });
    expect(first?.next).to.equal(flourId);
    expect(idsOf(await ask(stockItems, { limit: 2, after: first?.next ?? '' }))).to.deep.equal([beefId]);
  });

  it('comes by location, or what is low', async () => {
    expect(idsOf(await ask(stockItems, { locationId: newYork }))).to.deep.equal([edamameId, beefId]);
    expect(idsOf(await ask(stockItems, { low: true }))).to.deep.equal([edamameId, flourId]);
    expect(idsOf(await ask(stockItems, { low: false }))).to.deep.equal([beefId]);
  });

  it('is told as it was', async () => {
    const now = await ask(stockItem, { stockItemId: beefId });
    expect(await askAsOf(stockItem, { position: 1_000 }, { stockItemId: beefId })).to.deep.equal(now);
    expect(await askAsOf(stockItem, { time: '2025-02-01T00:00:00.000Z' }, { stockItemId: beefId })).to.equal(null);
  });

  it('is that of the asker’s locations', async () => {
    expect(idsOf(await ask(stockItems, {}, [paris]))).to.deep.equal([flourId]);
    expect(await ask(stockItem, { stockItemId: beefId }, [paris])).to.equal(null);
    expect(await askAsOf(stockItem, { position: 1_000 }, { stockItemId: beefId }, [paris])).to.equal(null);
  });
});

describe('Alerts asked for', () => {
  const { ask } = asking(story);
  const idsOf = (answer: { readonly items: readonly { readonly alertId: string }[] } | null) => answer?.items.map((alert) => alert.alertId);

  it('come the latest first, with their quantities', async () => {
    const answer = await ask(alerts, {});
    expect(idsOf(answer)).to.deep.equal([secondAlertId, alertId]);
    expect(answer?.items[1]).to.deep.include({
      name: 'Ground beef',
      onHand: kilos(4.9),
      reorderPoint: kilos(5),
      par: kilos(20),
      acknowledgedAt: null,
    });
    expect(answer?.items[0]).to.deep.include({ acknowledgedBy: managerId, acknowledgedAt: '2025-03-02T12:00:00.000Z' });
  });

  it('come by whether somebody has seen them, and page by page', async () => {
    expect(idsOf(await ask(alerts, { status: 'open' }))).to.deep.equal([alertId]);
    expect(idsOf(await ask(alerts, { status: 'acknowledged' }))).to.deep.equal([secondAlertId]);
    const first = await ask(alerts, { limit: 1 });
    expect(idsOf(await ask(alerts, { limit: 1, after: first?.next ?? '' }))).to.deep.equal([alertId]);
  });

  it('are those of the asker’s locations', async () => {
    expect(idsOf(await ask(alerts, {}, [paris]))).to.deep.equal([]);
  });
});
