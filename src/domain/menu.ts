import type { Message } from './decider.ts';
import type { CategoryId, LocationId, StationId } from './ids.ts';

/** A ticket older than `warnSeconds` turns amber, than `lateSeconds` red. */
export type Station = { readonly stationId: StationId; readonly name: string; readonly warnSeconds: number; readonly lateSeconds: number };
export type Category = { readonly categoryId: CategoryId; readonly name: string };

export type MenuCommand =
  | Message<'DefineStation', Station & { readonly locationId: LocationId }>
  | Message<'DefineCategory', Category & { readonly locationId: LocationId }>;

export type MenuEvent =
  | Message<'MenuStationDefined', Station & { readonly locationId: LocationId }>
  | Message<'MenuCategoryDefined', Category & { readonly locationId: LocationId }>;
