import { randomUUID } from 'node:crypto';
import type { Caller, TestServer } from './server.ts';

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A grill, a category, beef in stock and a hamburger of 150 g for 12.95. */
export type Restaurant = { readonly hamburgerId: string; readonly beefId: string; readonly tableId: string };

const done = async (caller: Caller, method: string, path: string, body: object): Promise<void> => {
  const { status, body: answer } = await caller(method, path, { body });
  if (status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
};

export const openRestaurant = async ({ owner, locationId }: TestServer): Promise<Restaurant> => {
  const [hamburgerId, beefId, tableId] = [randomUUID(), randomUUID(), randomUUID()];
  const kg = (amount: number | string) => ({ amount, unit: 'kg' });
  await done(owner, 'PUT', `/locations/${locationId}/stations/grill`, { name: 'Grill', warnSeconds: 480, lateSeconds: 720 });
  await done(owner, 'PUT', `/locations/${locationId}/categories/american`, { name: 'American' });
  await done(owner, 'POST', '/stock-items', {
    stockItemId: beefId,
    locationId,
    name: 'Beef',
    displayUnit: 'kg',
    par: kg(10),
    reorderPoint: kg('2.5'),
  });
  await done(owner, 'POST', `/stock-items/${beefId}/receive`, { quantity: kg(3) });
  const recipe = [{ stockItemId: beefId, quantity: { amount: 150, unit: 'g' } }];
  const item = {
    menuItemId: hamburgerId,
    locationId,
    name: 'Hamburger',
    categoryId: 'american',
    stationId: 'grill',
    price: usd(1295),
    prepSeconds: 480,
    recipe,
  };
  await done(owner, 'POST', '/menu-items', item);
  await done(owner, 'POST', '/tables', { tableId, locationId, name: '7', seats: 4 });
  return { hamburgerId, beefId, tableId };
};
