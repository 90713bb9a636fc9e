import type { Ingredient } from '../domain/order.ts';
import { change, existing, projection } from './projection.ts';

export type StationRow = {
  readonly key: string;
  readonly locationId: string;
  readonly stationId: string;
  readonly name: string;
  readonly warnSeconds: number;
  readonly lateSeconds: number;
};

export type CategoryRow = { readonly key: string; readonly locationId: string; readonly categoryId: string; readonly name: string };

export type MenuItemRow = {
  readonly menuItemId: string;
  readonly locationId: string;
  readonly name: string;
  readonly categoryId: string;
  readonly categoryName: string;
  readonly stationId: string;
  /** Minor units. */
  readonly price: number;
  readonly currency: string;
  readonly prepSeconds: number;
  readonly recipe: readonly Ingredient[];
  readonly recipeVersion: number;
  /** No longer on the menu; kept for what refers to it. */
  readonly retired: boolean;
  readonly revision: number;
};

export const menuStations = projection<StationRow>({
  name: 'menu_stations',
  version: 1,
  key: 'key',
  columns: { key: 'text', locationId: 'text', stationId: 'text', name: 'text', warnSeconds: 'integer', lateSeconds: 'integer' },
  indexes: [['locationId']],
  live: false,
  shared: false,
  on: {
    MenuStationDefined: ({ data: { locationId, stationId, name, warnSeconds, lateSeconds } }) => {
      const key = `${locationId}/${stationId}`;
      return [change(key, () => ({ key, locationId, stationId, name, warnSeconds, lateSeconds }))];
    },
  },
});

export const menuCategories = projection<CategoryRow>({
  name: 'menu_categories',
  version: 1,
  key: 'key',
  columns: { key: 'text', locationId: 'text', categoryId: 'text', name: 'text' },
  indexes: [['locationId']],
  live: false,
  shared: false,
  on: {
    MenuCategoryDefined: ({ data: { locationId, categoryId, name } }) => {
      const key = `${locationId}/${categoryId}`;
      return [change(key, () => ({ key, locationId, categoryId, name }))];
    },
  },
});

export const menuItems = projection<MenuItemRow>({
  name: 'menu_items',
  version: 1,
  key: 'menuItemId',
  columns: {
    menuItemId: 'text',
    locationId: 'text',
    name: 'text',
    categoryId: 'text',
    categoryName: 'text',
    stationId: 'text',
    price: 'integer',
    currency: 'text',
    prepSeconds: 'integer',
    recipe: 'json',
    recipeVersion: 'integer',
    retired: 'boolean',
    revision: 'integer',
  },
  indexes: [['locationId', 'name']],
  live: false,
  shared: false,
  on: {
    MenuItemDefined: ({ data: { price, ...item }, revision }) => [
      change(item.menuItemId, () => ({ ...item, price: price.amount, currency: price.currency, retired: false, revision })),
    ],
    MenuItemChanged: ({ data: { price, ...item }, revision }) => [
      existing(item.menuItemId, (row) => ({ ...row, ...item, price: price.amount, currency: price.currency, revision })),
    ],
    MenuItemRetired: ({ data, revision }) => [existing(data.menuItemId, (row) => ({ ...row, retired: true, revision }))],
  },
});
