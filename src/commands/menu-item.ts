import Type from 'typebox';
import type { LocationId } from '../domain/ids.ts';
import { menuItemDecider, type MenuItem, type MenuItemCommand, type MenuItemEvent } from '../domain/menu-item.ts';
import type { Ingredient } from '../domain/order.ts';
import { toSmallest } from '../domain/quantity.ts';
import { Rejection } from '../domain/rejection.ts';
import { commandsOf, type Aggregate, type Context } from './command.ts';
import { locationAggregate } from './location.ts';
import { menuAggregate } from './menu.ts';
import { Id, input, Money, Name, Quantity, Slug } from './schema.ts';
import { stockItemAggregate } from './stock-item.ts';

export const menuItemAggregate: Aggregate<MenuItem, MenuItemCommand, MenuItemEvent> = {
  name: 'MenuItem',
  decider: menuItemDecider,
  locationOf: (item) => (item.status === 'unknown' ? null : item.locationId),
};

const command = commandsOf(menuItemAggregate);

const Price = Type.Object({ amount: Type.Integer({ minimum: 0 }), currency: Money.properties.currency }, { additionalProperties: false });
const PrepSeconds = Type.Integer({ minimum: 0, maximum: 86_400 });
const Recipe = Type.Array(input({ stockItemId: Id, quantity: Quantity }), { maxItems: 100 });
type RecipeInput = Type.Static<typeof Recipe>;

/** Each ingredient in its stock item's smallest unit. */
const recipeOf = (recipe: RecipeInput, locationId: LocationId, { load }: Context): Promise<readonly Ingredient[]> =>
  Promise.all(
    recipe.map(async ({ stockItemId, quantity }) => {
      const stock = await load(stockItemAggregate, stockItemId);
      if (stock.status === 'unknown' || stock.locationId !== locationId) {
        throw new Rejection(
          'stock-item-unknown',
          `The recipe names stock item ${stockItemId}, which is not defined here: define it first.`,
        );
      }
      const smallest = toSmallest(quantity);
      const { name, par } = stock.definition;
      if (smallest.unit !== par.unit)
        throw new Rejection('quantity-dimension-mismatch', `${name} is kept in ${par.unit}: give its quantity in a unit of that kind.`);
      return { stockItemId, quantity: smallest.amount };
    }),
  );

const categoryNameOf = async (categoryId: string, locationId: LocationId, { load }: Context): Promise<string> => {
  const category = (await load(menuAggregate, locationId)).categories.get(categoryId);
  if (category === undefined) throw new Rejection('category-unknown', `The menu has no category ${categoryId}: define it first.`);
  return category.name;
};

const requireStation = async (stationId: string, locationId: LocationId, { load }: Context): Promise<void> => {
  if (!(await load(menuAggregate, locationId)).stations.has(stationId)) {
    throw new Rejection('station-unknown', `The kitchen has no station ${stationId}: define it first.`);
  }
};

const requireCurrency = async (currency: string, locationId: LocationId, { load }: Context): Promise<void> => {
  const location = await load(locationAggregate, locationId);
  if (location.status === 'unknown') throw new Rejection('location-unknown', 'There is no such location: check locationId.');
  if (location.details.currency !== currency) throw new Rejection('currency-mismatch', `Prices here are in ${location.details.currency}.`);
};

const defineMenuItem = command({
  type: 'DefineMenuItem',
  summary: 'Put an item on the menu',
  permission: 'menu.define-item',
  route: { method: 'POST', path: '/menu-items' },
  creates: true,
  input: input({
    menuItemId: Type.Optional(Id),
    locationId: Type.Optional(Id),
    name: Name,
    categoryId: Slug,
    stationId: Slug,
    price: Price,
    prepSeconds: PrepSeconds,
    recipe: Recipe,
  }),
  prepare: async (given, context) => {
    const menuItemId = given.menuItemId ?? context.newId();
    const locationId = await context.location(given.locationId);
    await requireCurrency(given.price.currency, locationId, context);
    await requireStation(given.stationId, locationId, context);
    const data = {
      menuItemId,
      locationId,
      name: given.name,
      categoryId: given.categoryId,
      categoryName: await categoryNameOf(given.categoryId, locationId, context),
      stationId: given.stationId,
      price: given.price,
      prepSeconds: given.prepSeconds,
      recipe: await recipeOf(given.recipe, locationId, context),
    };
    return { id: menuItemId, locationId, ids: { menuItemId }, command: { type: 'DefineMenuItem', data } };
  },
});

const changeMenuItem = command({
  type: 'ChangeMenuItem',
  summary: 'Change an item of the menu; what was ordered before keeps its price and recipe',
  permission: 'menu.change-item',
  route: { method: 'PUT', path: '/menu-items/{menuItemId}' },
  input: input({
    menuItemId: Id,
    name: Type.Optional(Name),
    categoryId: Type.Optional(Slug),
    stationId: Type.Optional(Slug),
    price: Type.Optional(Price),
    prepSeconds: Type.Optional(PrepSeconds),
    recipe: Type.Optional(Recipe),
  }),
  prepare: async ({ recipe, ...changes }, context) => {
    const { menuItemId } = changes;
    const item = await context.load(menuItemAggregate, menuItemId);
    if (item.status === 'unknown') throw new Rejection('menu-item-unknown', 'There is no such menu item: check its id.');
    const { locationId } = item;
    if (changes.price !== undefined) await requireCurrency(changes.price.currency, locationId, context);
    if (changes.stationId !== undefined) await requireStation(changes.stationId, locationId, context);
    const data = {
      ...changes,
      ...(changes.categoryId === undefined ? {} : { categoryName: await categoryNameOf(changes.categoryId, locationId, context) }),
      ...(recipe === undefined ? {} : { recipe: await recipeOf(recipe, locationId, context) }),
    };
    return { id: menuItemId, locationId: null, ids: { menuItemId }, command: { type: 'ChangeMenuItem', data } };
  },
});

const retireMenuItem = command({
  type: 'RetireMenuItem',
  summary: 'Take an item off the menu for good',
  permission: 'menu.retire-item',
  route: { method: 'DELETE', path: '/menu-items/{menuItemId}' },
  input: input({ menuItemId: Id }),
  prepare: ({ menuItemId }) => ({
    id: menuItemId,
    locationId: null,
    ids: { menuItemId },
    command: { type: 'RetireMenuItem', data: { menuItemId } },
  }),
});

export const menuItemCommands = [defineMenuItem, changeMenuItem, retireMenuItem];
