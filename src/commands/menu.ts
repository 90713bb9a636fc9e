import Type from 'typebox';
import { menuDecider, type Menu, type MenuCommand, type MenuEvent } from '../domain/menu.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { Id, input, Name, Slug } from './schema.ts';

/** One menu a location, in the stream `Menu-<locationId>`. */
export const menuAggregate: Aggregate<Menu, MenuCommand, MenuEvent> = {
  name: 'Menu',
  decider: menuDecider,
  locationOf: (menu) => menu.locationId,
};

const command = commandsOf(menuAggregate);
const Seconds = Type.Integer({ minimum: 1, maximum: 86_400 });

export const menuCommands = [
  command({
    type: 'DefineStation',
    summary: 'Define or change a kitchen station',
    permission: 'menu.define-station',
    route: { method: 'PUT', path: '/locations/{locationId}/stations/{stationId}' },
    input: input({ locationId: Id, stationId: Slug, name: Name, warnSeconds: Seconds, lateSeconds: Seconds }),
    prepare: (data) => ({
      id: data.locationId,
      locationId: data.locationId,
      ids: { locationId: data.locationId, stationId: data.stationId },
      command: { type: 'DefineStation', data },
    }),
  }),
  command({
    type: 'DefineCategory',
    summary: 'Define or rename a menu category',
    permission: 'menu.define-category',
    route: { method: 'PUT', path: '/locations/{locationId}/categories/{categoryId}' },
    input: input({ locationId: Id, categoryId: Slug, name: Name }),
    prepare: (data) => ({
      id: data.locationId,
      locationId: data.locationId,
      ids: { locationId: data.locationId, categoryId: data.categoryId },
      command: { type: 'DefineCategory', data },
    }),
  }),
];
