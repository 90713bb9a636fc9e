import { expect } from 'chai';
import { locations } from '../../src/queries/locations.ts';
import { menu } from '../../src/queries/menu.ts';
import { shifts } from '../../src/queries/shift-roster.ts';
import { tables as tablesAsked } from '../../src/queries/table-map.ts';
import { asking } from './asking.ts';
import { beefId, bunId } from '../support/canonical-events.ts';
import { hamburgerId, newYork, orders, paris, parisItemId, parisShiftId, serverId, shiftId, story, tableId, tables } from './story.ts';

describe('Places asked for', () => {
  const { ask, askAsOf } = asking(story);

  it('are the locations, by name', async () => {
    expect(await ask(locations, {})).to.deep.equal({
      items: [
        { locationId: newYork, name: 'Harbour Street', timeZone: 'America/New_York', currency: 'USD', dayStartsAt: '04:00', revision: 1 },
        { locationId: paris, name: 'Rue du Port', timeZone: 'Europe/Paris', currency: 'EUR', dayStartsAt: '05:00', revision: 1 },
      ],
      next: null,
    });
    expect((await ask(locations, {}, [paris]))?.items.map(({ locationId }) => locationId)).to.deep.equal([paris]);
  });

  it('have a menu: stations, categories, and items that are not retired', async () => {
    const answer = await ask(menu, { locationId: newYork });
    expect(answer?.stations.map(({ stationId, lateSeconds }) => [stationId, lateSeconds])).to.deep.equal([
      ['cold', 240],
      ['grill', 720],
    ]);
    expect(answer?.categories.map(({ categoryId }) => categoryId)).to.deep.equal(['american', 'asian']);
    expect(answer?.items).to.deep.equal([
      {
        menuItemId: hamburgerId,
        locationId: newYork,
        name: 'Hamburger',
        categoryId: 'american',
        categoryName: 'American',
        stationId: 'grill',
        price: { amount: 1295, currency: 'USD' },
        prepSeconds: 600,
        recipe: [
          { stockItemId: beefId, quantity: 150_000 },
          { stockItemId: bunId, quantity: 1 },
        ],
        recipeVersion: 2,
        revision: 2,
      },
    ]);
  });

  it('have a menu each, and only the asker’s are shown', async () => {
    const items = async (scope: readonly string[] | null) => (await ask(menu, {}, scope))?.items.map(({ menuItemId }) => menuItemId);
    expect(await items(null)).to.have.members([hamburgerId, parisItemId]);
    expect(await items([paris])).to.deep.equal([parisItemId]);
    expect(await ask(menu, { locationId: newYork }, [paris])).to.deep.equal({ stations: [], categories: [], items: [] });
  });

  it('have tables, in the order people count', async () => {
    const answer = await ask(tablesAsked, { locationId: newYork });
    expect(answer?.items.map(({ name, state, covers, orderId }) => [name, state, covers, orderId])).to.deep.equal([
      ['9', 'seated', 3, null],
      ['10', 'available', null, null],
      ['12', 'ordered', 2, orders.open],
    ]);
    expect((await ask(tablesAsked, {}, [paris]))?.items.map((table) => table.tableId)).to.deep.equal([tables.parisian]);
  });

  it('had their tables as they were', async () => {
    const at = async (time: string) =>
      (await askAsOf(tablesAsked, { time }, { locationId: newYork }))?.items.find((table) => table.tableId === tableId);
    expect(await at('2025-03-14T20:00:00.000Z')).to.deep.include({ state: 'available', orderId: null });
    expect(await at('2025-03-15T01:00:00.000Z')).to.deep.include({ state: 'ordered', orderId: orders.dinner });
    expect(await askAsOf(tablesAsked, { position: 1_000 }, {})).to.deep.equal(await ask(tablesAsked, {}));
    expect((await askAsOf(tablesAsked, { position: 1_000 }, {}, [paris]))?.items).to.have.length(1);
  });
});

describe('Shifts asked for', () => {
  const { ask } = asking(story);
  const idsOf = (answer: { readonly items: readonly { readonly shiftId: string }[] } | null) => answer?.items.map((shift) => shift.shiftId);

  it('come the latest first', async () => {
    const answer = await ask(shifts, {});
    expect(idsOf(answer)).to.deep.equal([parisShiftId, shiftId]);
    expect(answer?.items[1]).to.deep.include({
      userId: serverId,
      name: 'Ana',
      status: 'ended',
      workedSeconds: 20_700,
      breakSeconds: 1_200,
    });
    const first = await ask(shifts, { limit: 1 });
    expect(idsOf(await ask(shifts, { limit: 1, after: first?.next ?? '' }))).to.deep.equal([shiftId]);
  });

  it('come by business day, each by the clock of its location', async () => {
    expect(idsOf(await ask(shifts, { from: '2025-03-15' }))).to.deep.equal([]);
    expect(idsOf(await ask(shifts, { from: '2025-03-14', to: '2025-03-14' }))).to.deep.equal([parisShiftId, shiftId]);
    expect(idsOf(await ask(shifts, { to: '2025-03-13' }))).to.deep.equal([]);
  });

  it('come by location, the asker’s alone', async () => {
    expect(idsOf(await ask(shifts, { locationId: newYork }))).to.deep.equal([shiftId]);
    expect(idsOf(await ask(shifts, {}, [paris]))).to.deep.equal([parisShiftId]);
  });
});
