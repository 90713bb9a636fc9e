import Type from 'typebox';
import { tableDecider, type Table, type TableCommand, type TableEvent } from '../domain/table.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { Id, input, Name } from './schema.ts';

export const tableAggregate: Aggregate<Table, TableCommand, TableEvent> = {
  name: 'Table',
  decider: tableDecider,
  locationOf: (table) => (table.status === 'unknown' ? null : table.locationId),
};

const command = commandsOf(tableAggregate);

export const tableCommands = [
  command({
    type: 'DefineTable',
    summary: 'Put a table on the floor plan',
    permission: 'table.define',
    route: { method: 'POST', path: '/tables' },
    creates: true,
    input: input({
      tableId: Type.Optional(Id),
      locationId: Type.Optional(Id),
      name: Name,
      section: Type.Optional(Name),
      seats: Type.Integer({ minimum: 1, maximum: 100 }),
    }),
    prepare: async ({ name, section, seats, ...given }, context) => {
      const tableId = given.tableId ?? context.newId();
      const locationId = await context.location(given.locationId);
      const data = { tableId, locationId, name, section: section ?? null, seats };
      return { id: tableId, locationId, ids: { tableId }, command: { type: 'DefineTable', data } };
    },
  }),
  command({
    type: 'SeatTable',
    summary: 'Seat guests at a table',
    permission: 'table.seat',
    route: { method: 'POST', path: '/tables/{tableId}/seat' },
    input: input({ tableId: Id, covers: Type.Integer({ minimum: 1, maximum: 999 }) }),
    prepare: (data) => ({ id: data.tableId, locationId: null, ids: { tableId: data.tableId }, command: { type: 'SeatTable', data } }),
  }),
  command({
    type: 'ReleaseTable',
    summary: 'Free a table',
    permission: 'table.release',
    route: { method: 'POST', path: '/tables/{tableId}/release' },
    input: input({ tableId: Id }),
    prepare: (data) => ({ id: data.tableId, locationId: null, ids: { tableId: data.tableId }, command: { type: 'ReleaseTable', data } }),
  }),
];
