import type { MenuItemCommand, MenuItemDetails, MenuItemEvent } from '../../src/domain/menu-item.ts';
import { canonicalEvents, hamburgerId } from './canonical-events.ts';

export const defined = canonicalEvents.MenuItemDefined;
/** Dearer, and with a bun. */
export const changed = canonicalEvents.MenuItemChanged;
export const retired = canonicalEvents.MenuItemRetired;

const { locationId, recipeVersion, ...details } = defined.data;

export const define = (wishes: Partial<MenuItemDetails> = {}): MenuItemCommand => ({
  type: 'DefineMenuItem',
  data: { ...details, locationId, ...wishes },
});
export const change = (wishes: Partial<MenuItemDetails>): MenuItemCommand => ({
  type: 'ChangeMenuItem',
  data: { menuItemId: hamburgerId, ...wishes },
});
export const retire: MenuItemCommand = { type: 'RetireMenuItem', data: { menuItemId: hamburgerId } };

/** A change that leaves the recipe as it was defined. */
export const changedOnly = (wishes: Partial<MenuItemDetails>): MenuItemEvent => ({
  type: 'MenuItemChanged',
  data: { ...details, recipeVersion, ...wishes },
});
