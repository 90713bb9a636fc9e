import Type from 'typebox';
import type { CategoryRow, MenuItemRow, StationRow } from '../projections/menu.ts';
import { query } from './query.ts';
import { answer, Id, Money, money, params, Slug } from './schema.ts';
import { select, visible } from './sql.ts';

const Station = answer({
  locationId: Id,
  stationId: Slug,
  name: Type.String(),
  warnSeconds: Type.Integer(),
  lateSeconds: Type.Integer(),
});

const Category = answer({ locationId: Id, categoryId: Slug, name: Type.String() });

const Item = answer({
  menuItemId: Id,
  locationId: Id,
  name: Type.String(),
  categoryId: Slug,
  categoryName: Type.String(),
  stationId: Slug,
  price: Money,
  prepSeconds: Type.Integer(),
  recipe: Type.Array(answer({ stockItemId: Id, quantity: Type.Integer({ description: "of the stock item's smallest unit" }) })),
  recipeVersion: Type.Integer(),
  revision: Type.Integer(),
});

const itemOf = ({ price, currency, retired: _retired, recipe, ...item }: MenuItemRow) => ({
  ...item,
  price: money(price, currency),
  recipe: [...recipe],
});

type MenuRow = {
  readonly stations: readonly StationRow[];
  readonly categories: readonly CategoryRow[];
  readonly items: readonly MenuItemRow[];
};

export const menu = query({
  name: 'menu',
  summary: 'What can be ordered, and where it is made',
  permission: 'menu.read',
  path: '/menu',
  params: params({ locationId: Type.Optional(Id) }),
  answer: answer({ stations: Type.Array(Station), categories: Type.Array(Category), items: Type.Array(Item) }),
  reads: ['menu_stations', 'menu_categories', 'menu_items'],
  run: async (db, { locationId }, scope) => {
    const where = visible(scope, locationId);
    const { stations, categories, items } = await db.one(select<MenuRow>`
      select
        (select coalesce(json_agg(s order by s."locationId", s.name), '[]') from (
          select location_id as "locationId", station_id as "stationId", name, warn_seconds as "warnSeconds", late_seconds as "lateSeconds"
          from read_models.menu_stations where ${where}) s) as stations,
        (select coalesce(json_agg(c order by c."locationId", c.name), '[]') from (
          select location_id as "locationId", category_id as "categoryId", name
          from read_models.menu_categories where ${where}) c) as categories,
        (select coalesce(json_agg(i order by i."locationId", i.name), '[]') from (
          select menu_item_id as "menuItemId", location_id as "locationId", name, category_id as "categoryId", category_name as "categoryName",
            station_id as "stationId", price, currency, prep_seconds as "prepSeconds", recipe, recipe_version as "recipeVersion", revision
          from read_models.menu_items where not retired and ${where}) i) as items`);
    return { stations: [...stations], categories: [...categories], items: items.map(itemOf) };
  },
});
