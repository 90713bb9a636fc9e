import { sql } from 'slonik';
import Type, { type Static } from 'typebox';
import { stockLevels, type StockLevel } from '../projections/stock-levels.ts';
import { query } from './query.ts';
import { answer, fetched, Id, Limit, list, Nullable, page, params, StockQuantity, stockQuantity, Time } from './schema.ts';
import { ifGiven, isVisible, select, visible } from './sql.ts';

const StockItem = answer({
  stockItemId: Id,
  locationId: Id,
  name: Type.String(),
  dimension: Type.Enum(['mass', 'volume', 'count']),
  displayUnit: Type.String(),
  onHand: StockQuantity,
  par: StockQuantity,
  reorderPoint: StockQuantity,
  low: Type.Boolean({ description: 'at or under the reorder point' }),
  negative: Type.Boolean({ description: 'more was used than the books know of' }),
  lastCountedAt: Nullable(Time),
  revision: Type.Integer(),
});

const stockItemOf = ({ unit: _unit, onHand, par, reorderPoint, ...level }: StockLevel): Static<typeof StockItem> => ({
  ...level,
  onHand: stockQuantity(onHand, level.displayUnit),
  par: stockQuantity(par, level.displayUnit),
  reorderPoint: stockQuantity(reorderPoint, level.displayUnit),
});

export const stockItems = query({
  name: 'stock-items',
  summary: 'What the store-room holds, by name',
  permission: 'stock.read',
  path: '/stock-items',
  params: params({ locationId: Type.Optional(Id), low: Type.Optional(Type.Boolean()), limit: Limit, after: Type.Optional(Id) }),
  answer: list(StockItem),
  reads: ['stock_levels'],
  run: async (db, { locationId, low, limit, after }, scope) => {
    const found = await db.any(select<StockLevel>`
      select * from read_models.stock_levels
      where ${visible(scope, locationId)}
        and ${ifGiven(low, (asked) => sql.fragment`low = ${asked}`)}
        and ${ifGiven(after, (id) => sql.fragment`(name, stock_item_id) > (select name, stock_item_id from read_models.stock_levels where stock_item_id = ${id})`)}
      order by name, stock_item_id
      limit ${fetched(limit)}`);
    return page(found.map(stockItemOf), limit, ({ stockItemId }) => stockItemId);
  },
});

export const stockItem = query({
  name: 'stock-item',
  summary: 'How much there is of one stock item',
  permission: 'stock.read',
  path: '/stock-items/{stockItemId}',
  params: params({ stockItemId: Id }),
  answer: StockItem,
  reads: ['stock_levels'],
  run: async (db, { stockItemId }, scope) => {
    const found = await db.maybeOne(select<StockLevel>`
      select * from read_models.stock_levels where stock_item_id = ${stockItemId} and ${visible(scope, undefined)}`);
    return found === null ? null : stockItemOf(found);
  },
  asOf: async (history, until, { stockItemId }, scope) => {
    const found = (await history.fold(stockLevels, until, `StockItem-${stockItemId}`)).get(stockItemId);
    return found === undefined || !isVisible(scope, undefined, found) ? null : stockItemOf(found);
  },
});
