import { sql } from 'slonik';
import Type from 'typebox';
import type { AllDayCount } from '../projections/all-day.ts';
import { query } from './query.ts';
import { answer, Id, list, params, Slug, whole } from './schema.ts';
import { ifGiven, select, visible } from './sql.ts';

const Count = answer({
  key: Type.String(),
  locationId: Id,
  stationId: Slug,
  menuItemId: Id,
  name: Type.String(),
  quantity: Type.Integer(),
});

export const allDay = query({
  name: 'all-day',
  summary: 'How many of each dish the kitchen still has to make',
  permission: 'kitchen.read',
  path: '/kitchen/all-day',
  params: params({ station: Type.Optional(Slug), locationId: Type.Optional(Id) }),
  answer: list(Count),
  reads: ['all_day'],
  run: async (db, { station, locationId }, scope) =>
    whole(
      await db.any(select<AllDayCount>`
        select * from read_models.all_day
        where ${visible(scope, locationId)} and ${ifGiven(station, (id) => sql.fragment`station_id = ${id}`)}
        order by quantity desc, name, key`),
    ),
});
