import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { locations } from '../../src/projections/locations.ts';
import { menuCategories, menuItems, menuStations, type MenuItemRow } from '../../src/projections/menu.ts';
import { beefId, bunId, canonicalEvents, hamburgerId, locationId } from '../support/canonical-events.ts';
import { changed, defined, retired } from '../support/menu-item-facts.ts';
import { onlyRow, told } from './told.ts';

const hamburger: MenuItemRow = {
  menuItemId: hamburgerId,
  locationId,
  name: 'Hamburger',
  categoryId: 'american',
  categoryName: 'American',
  stationId: 'grill',
  price: 1195,
  currency: 'USD',
  prepSeconds: 600,
  recipe: [{ stockItemId: beefId, quantity: 150_000 }],
  recipeVersion: 1,
  retired: false,
  revision: 1,
};

describe('Menu items', () => {
  it('are on the menu as defined', () => expect(onlyRow(told(menuItems, defined))).to.deep.equal(hamburger));

  it('change', () => {
    const recipe = [...hamburger.recipe, { stockItemId: bunId, quantity: 1 }];
    expect(onlyRow(told(menuItems, defined, changed))).to.deep.equal({ ...hamburger, price: 1295, recipe, recipeVersion: 2, revision: 2 });
  });

  it('are kept when retired', () => {
    expect(onlyRow(told(menuItems, defined, retired))).to.deep.equal({ ...hamburger, retired: true, revision: 2 });
  });
});

describe('Menu stations and categories', () => {
  const { MenuStationDefined: grill, MenuCategoryDefined: american } = canonicalEvents;

  it('are those of their location', () => {
    const elsewhere: DomainEvent = { type: 'MenuStationDefined', data: { ...grill.data, locationId: 'location-2' } };
    expect([...told(menuStations, grill, elsewhere).keys()]).to.deep.equal([`${locationId}/grill`, 'location-2/grill']);
    expect(onlyRow(told(menuCategories, american))).to.deep.equal({
      key: `${locationId}/american`,
      locationId,
      categoryId: 'american',
      name: 'American',
    });
  });

  it('take new names and times', () => {
    const slower: DomainEvent = { type: 'MenuStationDefined', data: { ...grill.data, name: 'Charcoal grill', lateSeconds: 900 } };
    expect(onlyRow(told(menuStations, grill, slower))).to.deep.equal({
      key: `${locationId}/grill`,
      locationId,
      stationId: 'grill',
      name: 'Charcoal grill',
      warnSeconds: 480,
      lateSeconds: 900,
    });
  });
});

describe('Locations', () => {
  const { LocationDefined, LocationChanged } = canonicalEvents;

  it('are as defined, then as changed', () => {
    const before = { locationId, name: 'Harbor Street', timeZone: 'America/New_York', currency: 'USD', dayStartsAt: '04:00', revision: 1 };
    expect(onlyRow(told(locations, LocationDefined))).to.deep.equal(before);
    expect(onlyRow(told(locations, LocationDefined, LocationChanged))).to.deep.equal({ ...before, name: 'Harbour Street', revision: 2 });
  });
});
