import { randomUUID } from 'node:crypto';
import { ApiProblem, type Api } from '../api.ts';
import { idFrom, slugFrom } from '../name-id.ts';
import { menuItemIdFor, stationOf, stockItemIdFor } from './plan.ts';
import type { MenuRow } from './read-files.ts';

export type Location = { readonly locationId: string; readonly name: string; readonly timeZone: string; readonly currency: string };

const PREP_SECONDS = 480;
const WARN_SECONDS = 480;
const LATE_SECONDS = 720;
/** The files name no ingredients: each dish is kept as portions, delivered once, so that stock falls and runs low as it would. */
const PORTIONS_DELIVERED = 1000;
const REORDER_AT = 400;

/** The location to play into: the one asked for by id or name, or the only one. */
export const chooseLocation = async (api: Api, asked: string | undefined): Promise<Location> => {
  const { items } = await api.get<{ readonly items: readonly Location[] }>('locations');
  const found = asked === undefined ? items : items.filter(({ locationId, name }) => locationId === asked || name === asked);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = items.map(({ name }) => name).join(', ');
  throw new Error(
    found.length === 0
      ? `There is no such location; there are: ${names}.`
      : `There are several locations; choose one with --location: ${names}.`,
  );
};

/** Stations, categories, portions in stock and items for a menu; done again it changes nothing but prices and names that differ. */
export const setUpMenu = async (api: Api, location: Location, menu: readonly MenuRow[]): Promise<void> => {
  const { locationId, currency } = location;
  for (const category of new Set(menu.map((item) => item.category))) {
    const slug = slugFrom(category);
    await api.send(
      'PUT',
      `locations/${locationId}/stations/${slug}`,
      { name: category, warnSeconds: WARN_SECONDS, lateSeconds: LATE_SECONDS },
      `import:station:${locationId}:${slug}`,
    );
    await api.send(
      'PUT',
      `locations/${locationId}/categories/${slug}`,
      { name: category },
      `import:category:${idFrom(locationId, slug, category)}`,
    );
  }
  for (const item of menu) await setUpItem(api, locationId, currency, item);
};

const pieces = (amount: number) => ({ amount, unit: 'piece' });

const setUpItem = async (api: Api, locationId: string, currency: string, item: MenuRow): Promise<void> => {
  const menuItemId = menuItemIdFor(locationId, item.menuItemId);
  const stockItemId = stockItemIdFor(locationId, item.menuItemId);
  const stock = {
    stockItemId,
    locationId,
    name: `${item.name} (portions)`,
    displayUnit: 'piece',
    par: pieces(PORTIONS_DELIVERED),
    reorderPoint: pieces(REORDER_AT),
  };
  await unlessThere('stock-item-exists', api.send('POST', 'stock-items', stock, `import:stock:${stockItemId}`));
  await api.send(
    'POST',
    `stock-items/${stockItemId}/receive`,
    { quantity: pieces(PORTIONS_DELIVERED), reference: 'import' },
    `import:delivery:${stockItemId}`,
  );
  const details = {
    name: item.name,
    categoryId: slugFrom(item.category),
    stationId: stationOf(item),
    price: { amount: item.price, currency },
    prepSeconds: PREP_SECONDS,
    recipe: [{ stockItemId, quantity: pieces(1) }],
  };
  const defined = await unlessThere(
    'menu-item-exists',
    api.send(
      'POST',
      'menu-items',
      { menuItemId, locationId, ...details },
      `import:item:${idFrom(menuItemId, item.price, item.name, item.category)}`,
    ),
  );
  if (!defined) await api.send('PUT', `menu-items/${menuItemId}`, details, randomUUID());
};

/** True where it was done now; false where it was there, told by the code of the refusal. */
const unlessThere = async (code: string, sent: Promise<unknown>): Promise<boolean> => {
  try {
    await sent;
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === code) return false;
    throw error;
  }
};
