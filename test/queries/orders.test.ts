import { expect } from 'chai';
import { order, orders as ordersAsked } from '../../src/queries/orders.ts';
import { asking } from './asking.ts';
import { edamameDishId, lines, newYork, orders, paris, story, tableId } from './story.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const idsOf = (answer: { readonly items: readonly { readonly orderId: string }[] } | null) => answer?.items.map(({ orderId }) => orderId);

describe('Orders asked for', () => {
  const { ask, askAsOf } = asking(story);

  it('are told in full, with money as money', async () => {
    const answer = await ask(order, { orderId: orders.dinner });
    expect(answer).to.deep.include({
      locationId: newYork,
      status: 'closed',
      tableId,
      tableName: '12',
      total: usd(3090),
      paid: usd(3090),
      tips: usd(100),
      balance: usd(0),
      openedAt: '2025-03-15T00:10:00.000Z',
      closedAt: '2025-03-15T01:30:00.000Z',
      revision: 6,
    });
    expect(answer?.lines).to.have.length(3);
    expect(answer?.lines[1]).to.deep.equal({
      lineId: lines.dinnerEdamame,
      menuItemId: edamameDishId,
      name: 'Edamame',
      categoryId: 'asian',
      stationId: 'cold',
      quantity: 1,
      price: usd(500),
      amount: usd(500),
      seat: 2,
      course: 1,
      note: null,
      status: 'waiting',
      ticketId: null,
      voidReason: null,
    });
    expect(answer?.lines[2]).to.deep.include({ status: 'voided', voidReason: 'burnt', ticketId: `${orders.dinner}.1` });
    expect(answer?.tenders[0]).to.deep.include({ kind: 'card', amount: usd(3090), tip: usd(100), lastFour: '4242' });
  });

  it('come the latest first', async () => {
    const latestFirst = [orders.open, orders.cancelled, orders.morning, orders.night, orders.dinner, orders.parisian];
    expect(idsOf(await ask(ordersAsked, {}))).to.deep.equal(latestFirst);
  });

  it('come by status and location', async () => {
    expect(idsOf(await ask(ordersAsked, { status: 'open' }))).to.deep.equal([orders.open]);
    expect(idsOf(await ask(ordersAsked, { status: 'cancelled' }))).to.deep.equal([orders.cancelled]);
    expect(idsOf(await ask(ordersAsked, { status: 'closed', locationId: newYork }))).to.deep.equal([
      orders.morning,
      orders.night,
      orders.dinner,
    ]);
  });

  it('come page by page', async () => {
    const first = await ask(ordersAsked, { limit: 2 });
    expect(idsOf(first)).to.deep.equal([orders.open, orders.cancelled]);
    const second = await ask(ordersAsked, { limit: 2, after: first?.next ?? '' });
    expect(idsOf(second)).to.deep.equal([orders.morning, orders.night]);
    const third = await ask(ordersAsked, { limit: 2, after: second?.next ?? '' });
    expect(idsOf(third)).to.deep.equal([orders.dinner, orders.parisian]);
    expect(third?.next).to.equal(null);
  });

  it('are told as they were', async () => {
    const asked = { orderId: orders.dinner };
    expect(await askAsOf(order, { time: '2025-03-15T00:30:00.000Z' }, asked)).to.deep.include({
      status: 'open',
      total: usd(3090),
      balance: usd(3090),
      paid: usd(0),
    });
    expect(await askAsOf(order, { time: '2025-03-15T01:30:00.000Z' }, asked)).to.deep.equal(await ask(order, asked));
    expect(await askAsOf(order, { time: '2025-03-14T23:00:00.000Z' }, asked)).to.equal(null);
    expect(await askAsOf(order, { position: 1_000 }, asked)).to.deep.equal(await ask(order, asked));
  });

  it('are the asker’s locations’ alone', async () => {
    expect(idsOf(await ask(ordersAsked, {}, [paris]))).to.deep.equal([orders.parisian]);
    expect(idsOf(await ask(ordersAsked, { locationId: newYork }, [paris]))).to.deep.equal([]);
    expect(await ask(order, { orderId: orders.dinner }, [paris])).to.equal(null);
    expect(await ask(order, { orderId: orders.dinner }, [paris, newYork])).to.not.equal(null);
    expect(await askAsOf(order, { position: 1_000 }, { orderId: orders.dinner }, [paris])).to.equal(null);
  });

  it('are nothing where there is none', async () => {
    expect(await ask(order, { orderId: '01939f3a-9000-7000-8000-00000000ffff' })).to.equal(null);
  });
});
