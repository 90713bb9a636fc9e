import { sql } from 'slonik';
import Type from 'typebox';
import type { ShiftRow } from '../projections/shift-roster.ts';
import { query } from './query.ts';
import { answer, Day, fetched, Id, Limit, list, Nullable, page, params, Time } from './schema.ts';
import { ifGiven, select, visible } from './sql.ts';

const Shift = answer({
  shiftId: Id,
  locationId: Id,
  userId: Type.String(),
  name: Type.String(),
  status: Type.Enum(['working', 'on-break', 'ended']),
  clockedInAt: Time,
  breakStartedAt: Nullable(Time),
  clockedOutAt: Nullable(Time),
  workedSeconds: Nullable(Type.Integer()),
  breakSeconds: Nullable(Type.Integer()),
});

/** The business day a shift began on, by its location's clock. */
const businessDay = sql.fragment`(
  select ((s.clocked_in_at at time zone l.time_zone) - l.day_starts_at::interval)::date
  from read_models.locations l where l.location_id = s.location_id)`;

export const shifts = query({
  name: 'shifts',
  summary: 'Who worked when, the latest first',
  permission: 'shift.read',
  path: '/shifts',
  params: params({
    locationId: Type.Optional(Id),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    limit: Limit,
    after: Type.Optional(Id),
  }),
  answer: list(Shift),
  reads: ['shift_roster', 'locations'],
  run: async (db, { locationId, from, to, limit, after }, scope) => {
    const found = await db.any(select<ShiftRow>`
      select s.* from read_models.shift_roster s
      where ${visible(scope, locationId)}
        and ${ifGiven(from, (day) => sql.fragment`${businessDay} >= ${day}::date`)}
        and ${ifGiven(to, (day) => sql.fragment`${businessDay} <= ${day}::date`)}
        and ${ifGiven(after, (id) => sql.fragment`(clocked_in_at, shift_id) < (select clocked_in_at, shift_id from read_models.shift_roster where shift_id = ${id})`)}
      order by clocked_in_at desc, shift_id desc
      limit ${fetched(limit)}`);
    return page(found, limit, ({ shiftId }) => shiftId);
  },
});
