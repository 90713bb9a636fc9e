import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { CategoryId, LocationId, StationId } from './ids.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

/** A ticket older than `warnSeconds` turns amber, than `lateSeconds` red. */
export type Station = { readonly stationId: StationId; readonly name: string; readonly warnSeconds: number; readonly lateSeconds: number };
export type Category = { readonly categoryId: CategoryId; readonly name: string };

type OfLocation = { readonly locationId: LocationId };

export type MenuCommand = Message<'DefineStation', OfLocation & Station> | Message<'DefineCategory', OfLocation & Category>;

export type MenuEvent = Message<'MenuStationDefined', OfLocation & Station> | Message<'MenuCategoryDefined', OfLocation & Category>;

export type Menu = {
  /** Null until something is on it. */
  readonly locationId: LocationId | null;
  readonly stations: ReadonlyMap<StationId, Station>;
  readonly categories: ReadonlyMap<CategoryId, Category>;
};

const evolve = (menu: Menu, event: MenuEvent): Menu => {
  switch (event.type) {
    case 'MenuStationDefined':
      return withStation(menu, event.data);
    case 'MenuCategoryDefined':
      return withCategory(menu, event.data);
    default:
      return impossible(event);
  }
};

const withStation = (menu: Menu, data: DataOf<MenuEvent, 'MenuStationDefined'>): Menu => ({
  ...menu,
  locationId: data.locationId,
  stations: new Map(menu.stations).set(data.stationId, stationOf(data)),
});

const withCategory = (menu: Menu, { locationId, ...category }: DataOf<MenuEvent, 'MenuCategoryDefined'>): Menu => ({
  ...menu,
  locationId,
  categories: new Map(menu.categories).set(category.categoryId, category),
});

const decide = (menu: Menu, command: MenuCommand): readonly MenuEvent[] => {
  switch (command.type) {
    case 'DefineStation':
      return defineStation(menu, command.data);
    case 'DefineCategory':
      return defineCategory(menu, command.data);
    default:
      return impossible(command);
  }
};

export const menuDecider: Decider<Menu, MenuCommand, MenuEvent> = {
  initial: { locationId: null, stations: new Map(), categories: new Map() },
  evolve,
  decide,
};

type Rule<Type extends MenuCommand['type']> = (menu: Menu, data: DataOf<MenuCommand, Type>) => readonly MenuEvent[];

/** Defines a station, or changes the one there is. */
const defineStation: Rule<'DefineStation'> = (menu, data) => {
  const station = stationOf(data);
  requireTimes(station);
  const known = menu.stations.get(station.stationId);
  return known && same(known, station) ? [] : [{ type: 'MenuStationDefined', data }];
};

const requireTimes = ({ warnSeconds, lateSeconds }: Station): void => {
  const sound = Number.isSafeInteger(warnSeconds) && Number.isSafeInteger(lateSeconds) && lateSeconds > warnSeconds && warnSeconds > 0;
  if (!sound) throw new Rejection('station-times-invalid', 'Give whole seconds above 0, and more for late than for warn.');
};

/** Defines a category, or renames the one there is. */
const defineCategory: Rule<'DefineCategory'> = (menu, data) =>
  menu.categories.get(data.categoryId)?.name === data.name ? [] : [{ type: 'MenuCategoryDefined', data }];

const stationOf = ({ stationId, name, warnSeconds, lateSeconds }: Station): Station => ({ stationId, name, warnSeconds, lateSeconds });
