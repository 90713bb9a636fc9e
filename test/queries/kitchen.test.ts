import { expect } from 'chai';
import { allDay } from '../../src/queries/all-day.ts';
import { kitchenBoard } from '../../src/queries/kitchen-board.ts';
import { asking } from './asking.ts';
import { edamameDishId, newYork, orders, paris, story } from './story.ts';

const ticketIds = (answer: { readonly items: readonly { readonly ticketId: string }[] } | null) =>
  answer?.items.map(({ ticketId }) => ticketId);
const burnt = `${orders.dinner}.1`;
const cold = `${orders.open}.1`;

describe('The kitchen asked for', () => {
  const { ask, askAsOf } = asking(story);

  it('shows its tickets, the oldest first', async () => {
    const answer = await ask(kitchenBoard, {});
    expect(ticketIds(answer)).to.deep.equal([burnt, cold]);
    expect(answer?.items[0]).to.deep.include({ stationId: 'grill', cancelled: true, firedAt: '2025-03-15T00:10:00.000Z' });
    expect(answer?.items[1]).to.deep.include({ stationId: 'cold', status: 'fired', reference: '104', tableName: null, prepSeconds: 180 });
    expect(answer?.items[1]?.lines).to.have.length(1);
    expect(answer?.items[1]?.lines[0]).to.deep.include({ name: 'Edamame', quantity: 1, status: 'fired', voidReason: null });
  });

  it('shows one station, or one location', async () => {
    expect(ticketIds(await ask(kitchenBoard, { station: 'cold' }))).to.deep.equal([cold]);
    expect(ticketIds(await ask(kitchenBoard, { locationId: paris }))).to.deep.equal([]);
    expect(ticketIds(await ask(kitchenBoard, { locationId: newYork, station: 'grill' }))).to.deep.equal([burnt]);
  });

  it('shows the board as it was', async () => {
    const thatNight = { time: '2025-03-15T02:00:00.000Z' };
    expect(ticketIds(await askAsOf(kitchenBoard, thatNight, {}))).to.deep.equal([burnt]);
    expect(ticketIds(await askAsOf(kitchenBoard, thatNight, { station: 'cold' }))).to.deep.equal([]);
    expect(await askAsOf(kitchenBoard, { position: 1_000 }, {})).to.deep.equal(await ask(kitchenBoard, {}));
    expect(ticketIds(await askAsOf(kitchenBoard, { position: 1_000 }, {}, [paris]))).to.deep.equal([]);
  });

  it('counts what is still to make', async () => {
    expect(await ask(allDay, {})).to.deep.equal({
      items: [
        {
          key: `${newYork}/cold/${edamameDishId}`,
          locationId: newYork,
          stationId: 'cold',
          menuItemId: edamameDishId,
          name: 'Edamame',
          quantity: 1,
        },
      ],
      next: null,
    });
    expect((await ask(allDay, { station: 'grill' }))?.items).to.deep.equal([]);
  });

  it('is that of the asker’s locations', async () => {
    expect(ticketIds(await ask(kitchenBoard, {}, [paris]))).to.deep.equal([]);
    expect((await ask(allDay, {}, [paris]))?.items).to.deep.equal([]);
  });
});
