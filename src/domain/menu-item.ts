import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { CategoryId, LocationId, MenuItemId, StationId } from './ids.ts';
import { isCurrency, type Money } from './money.ts';
import type { Ingredient } from './order-messages.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

export type MenuItemDetails = {
  readonly name: string;
  readonly categoryId: CategoryId;
  readonly categoryName: string;
  readonly stationId: StationId;
  readonly price: Money;
  readonly prepSeconds: number;
  readonly recipe: readonly Ingredient[];
};

type OfItem = { readonly menuItemId: MenuItemId };
type OfLocation = { readonly locationId: LocationId };

export type MenuItemCommand =
  | Message<'DefineMenuItem', OfItem & OfLocation & MenuItemDetails>
  | Message<'ChangeMenuItem', OfItem & Partial<MenuItemDetails>>
  | Message<'RetireMenuItem', OfItem>;

/** `recipeVersion` starts at 1 and rises with every change of the recipe. */
export type MenuItemEvent =
  | Message<'MenuItemDefined', OfItem & OfLocation & MenuItemDetails & { readonly recipeVersion: number }>
  | Message<'MenuItemChanged', OfItem & MenuItemDetails & { readonly recipeVersion: number }>
  | Message<'MenuItemRetired', OfItem>;

type DefinedMenuItem = {
  readonly status: 'offered' | 'retired';
  readonly locationId: LocationId;
  readonly details: MenuItemDetails;
  readonly recipeVersion: number;
};

export type MenuItem = { readonly status: 'unknown' } | DefinedMenuItem;

const evolve = (item: MenuItem, event: MenuItemEvent): MenuItem => {
  if (event.type === 'MenuItemDefined') return defined(event.data);
  if (item.status === 'unknown') return item;
  switch (event.type) {
    case 'MenuItemChanged':
      return { ...item, details: detailsOf(event.data), recipeVersion: event.data.recipeVersion };
    case 'MenuItemRetired':
      return { ...item, status: 'retired' };
    default:
      return impossible(event);
  }
};

const defined = (data: DataOf<MenuItemEvent, 'MenuItemDefined'>): DefinedMenuItem => ({
  status: 'offered',
  locationId: data.locationId,
  details: detailsOf(data),
  recipeVersion: data.recipeVersion,
});

const decide = (item: MenuItem, command: MenuItemCommand): readonly MenuItemEvent[] => {
  switch (command.type) {
    case 'DefineMenuItem':
      return define(item, command.data);
    case 'ChangeMenuItem':
      return change(item, command.data);
    case 'RetireMenuItem':
      return retire(item, command.data);
    default:
      return impossible(command);
  }
};

export const menuItemDecider: Decider<MenuItem, MenuItemCommand, MenuItemEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends MenuItemCommand['type']> = (item: MenuItem, data: DataOf<MenuItemCommand, Type>) => readonly MenuItemEvent[];

const define: Rule<'DefineMenuItem'> = (item, data) => {
  if (item.status === 'unknown') {
    requireSound(data);
    return [{ type: 'MenuItemDefined', data: { ...data, recipeVersion: 1 } }];
  }
  const { details, locationId } = requireOffered(item);
  if (same(details, detailsOf(data)) && locationId === data.locationId) return [];
  throw new Rejection('menu-item-exists', 'Another menu item was defined under this id: change it, or give the new one an id of its own.');
};

const change: Rule<'ChangeMenuItem'> = (item, { menuItemId, ...wishes }) => {
  const { details, recipeVersion } = requireOffered(item);
  const wished: MenuItemDetails = { ...details, ...wishes };
  requireSound(wished);
  if (same(wished, details)) return [];
  const version = same(wished.recipe, details.recipe) ? recipeVersion : recipeVersion + 1;
  return [{ type: 'MenuItemChanged', data: { menuItemId, ...wished, recipeVersion: version } }];
};

const retire: Rule<'RetireMenuItem'> = (item, data) =>
  requireDefined(item).status === 'retired' ? [] : [{ type: 'MenuItemRetired', data }];

const requireDefined = (item: MenuItem): DefinedMenuItem => {
  if (item.status === 'unknown') throw new Rejection('menu-item-unknown', 'There is no such menu item: define it first.');
  return item;
};

const requireOffered = (item: MenuItem): DefinedMenuItem => {
  const known = requireDefined(item);
  if (known.status === 'retired')
    throw new Rejection('menu-item-retired', `${known.details.name} was taken off the menu: choose or define another.`);
  return known;
};

/** Small enough that 999 portions of it are still counted exactly. */
const MOST_OF_AN_INGREDIENT = 9_000_000_000_000;

const requireSound = ({ price, prepSeconds, recipe }: MenuItemDetails): void => {
  if (!isCount(price.amount)) throw new Rejection('price-invalid', 'Give a price in whole minor units (cents), 0 or more.');
  if (!isCurrency(price.currency)) throw new Rejection('currency-invalid', 'Give a currency as three capital letters, as in EUR.');
  if (!isCount(prepSeconds)) throw new Rejection('prep-seconds-invalid', 'Give the preparation time in whole seconds, 0 or more.');
  if (!recipe.every(({ quantity }) => isCount(quantity) && quantity > 0 && quantity <= MOST_OF_AN_INGREDIENT))
    throw new Rejection('ingredient-quantity-invalid', 'Give each ingredient a whole quantity above 0 of its smallest unit.');
  if (new Set(recipe.map((ingredient) => ingredient.stockItemId)).size < recipe.length)
    throw new Rejection('ingredient-repeated', 'An ingredient is in the recipe twice: give it once, with the whole quantity.');
};

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;

const detailsOf = ({ name, categoryId, categoryName, stationId, price, prepSeconds, recipe }: MenuItemDetails): MenuItemDetails => ({
  name,
  categoryId,
  categoryName,
  stationId,
  price,
  prepSeconds,
  recipe,
});
