import type { Message } from './decider.ts';
import type { CategoryId, LocationId, MenuItemId, StationId } from './ids.ts';
import type { Money } from './money.ts';
import type { Ingredient } from './order.ts';

export type MenuItemDetails = {
  readonly name: string;
  readonly categoryId: CategoryId;
  readonly categoryName: string;
  readonly stationId: StationId;
  readonly price: Money;
  readonly prepSeconds: number;
  readonly recipe: readonly Ingredient[];
};

export type MenuItemCommand =
  | Message<'DefineMenuItem', MenuItemDetails & { readonly menuItemId: MenuItemId; readonly locationId: LocationId }>
  | Message<'ChangeMenuItem', Partial<MenuItemDetails> & { readonly menuItemId: MenuItemId }>
  | Message<'RetireMenuItem', { readonly menuItemId: MenuItemId }>;

/** `recipeVersion` starts at 1 and rises with every change of the recipe. */
export type MenuItemEvent =
  | Message<'MenuItemDefined', MenuItemDetails & { readonly menuItemId: MenuItemId; readonly locationId: LocationId; readonly recipeVersion: number }>
  | Message<'MenuItemChanged', MenuItemDetails & { readonly menuItemId: MenuItemId; readonly recipeVersion: number }>
  | Message<'MenuItemRetired', { readonly menuItemId: MenuItemId }>;
