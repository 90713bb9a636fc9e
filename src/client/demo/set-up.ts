import { randomUUID } from 'node:crypto';
import { ApiProblem, type Api } from '../api.ts';
import type { Location } from '../import/set-up.ts';
import { idFrom } from '../name-id.ts';
import { categories, dishes, stations, stock, tables } from './restaurant.ts';

export const dishIdFor = (locationId: string, dish: string): string => idFrom('demo dish', locationId, dish);
const stockIdFor = (locationId: string, item: string): string => idFrom('demo stock', locationId, item);
export const tableIdFor = (locationId: string, table: string): string => idFrom('demo table', locationId, table);

/** Puts the invented restaurant into the location; what is there already stays. `speed` shortens the stations' thresholds likewise. */
export const setUpRestaurant = async (api: Api, { locationId, currency }: Location, speed: number): Promise<void> => {
  const seconds = (minutes: number): number => Math.max(1, Math.round((minutes * 60) / speed));
  for (const { id, name, warnMinutes, lateMinutes } of stations) {
    const warnSeconds = seconds(warnMinutes);
    const lateSeconds = Math.max(warnSeconds + 1, seconds(lateMinutes));
    await api.send('PUT', `locations/${locationId}/stations/${id}`, { name, warnSeconds, lateSeconds }, randomUUID());
  }
  for (const [id, name] of categories) await api.send('PUT', `locations/${locationId}/categories/${id}`, { name }, randomUUID());
  for (const item of stock) await stockUp(api, locationId, item);
  for (const dish of dishes) {
    const recipe = dish.recipe.map(([item, quantity]) => ({ stockItemId: stockIdFor(locationId, item), quantity }));
    const { name, category: categoryId, station: stationId, prepMinutes } = dish;
    const price = { amount: dish.price, currency };
    const body = {
      menuItemId: dishIdFor(locationId, dish.id),
      locationId,
      name,
      categoryId,
      stationId,
      price,
      prepSeconds: prepMinutes * 60,
      recipe,
    };
    await unlessThere(api.send('POST', 'menu-items', body, randomUUID()));
  }
  for (const { name, section, seats } of tables) {
    await unlessThere(
      api.send('POST', 'tables', { tableId: tableIdFor(locationId, name), locationId, name, section, seats }, randomUUID()),
    );
  }
};

const stockUp = async (api: Api, locationId: string, item: (typeof stock)[number]): Promise<void> => {
  const stockItemId = stockIdFor(locationId, item.id);
  const quantity = (amount: number) => ({ amount, unit: item.unit });
  const body = {
    stockItemId,
    locationId,
    name: item.name,
    displayUnit: item.unit,
    par: quantity(item.par),
    reorderPoint: quantity(item.reorderPoint),
  };
  await unlessThere(api.send('POST', 'stock-items', body, randomUUID()));
  await api.send(
    'POST',
    `stock-items/${stockItemId}/receive`,
    { quantity: quantity(item.delivered), reference: 'this evening’s delivery' },
    randomUUID(),
  );
};

const unlessThere = async (sent: Promise<unknown>): Promise<void> => {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code.endsWith('-exists'))) throw error;
  }
};
