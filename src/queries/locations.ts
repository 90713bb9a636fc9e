import Type from 'typebox';
import type { LocationRow } from '../projections/locations.ts';
import { query } from './query.ts';
import { answer, Id, list, params, whole } from './schema.ts';
import { select, visible } from './sql.ts';

const Location = answer({
  locationId: Id,
  name: Type.String(),
  timeZone: Type.String({ description: 'IANA name' }),
  currency: Type.String(),
  dayStartsAt: Type.String({ description: 'HH:MM by the clock on the wall' }),
  revision: Type.Integer(),
});

export const locations = query({
  name: 'locations',
  summary: 'The locations',
  permission: 'location.read',
  path: '/locations',
  params: params({}),
  answer: list(Location),
  reads: ['locations'],
  run: async (db, _params, scope) =>
    whole(
      await db.any(select<LocationRow>`select * from read_models.locations where ${visible(scope, undefined)} order by name, location_id`),
    ),
});
