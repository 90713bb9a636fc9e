import { sql } from 'slonik';
import Type from 'typebox';
import { kitchenBoard as kitchenBoardProjection, type KitchenTicket } from '../projections/kitchen-board.ts';
import { query } from './query.ts';
import { answer, Id, list, Nullable, params, Slug, Time, whole } from './schema.ts';
import { ifGiven, isVisible, select, visible } from './sql.ts';

const Line = answer({
  lineId: Id,
  menuItemId: Id,
  name: Type.String(),
  quantity: Type.Integer(),
  seat: Nullable(Type.Integer()),
  course: Nullable(Type.Integer()),
  note: Nullable(Type.String()),
  status: Type.Enum(['fired', 'started', 'ready', 'served', 'voided']),
  voidReason: Nullable(Type.String()),
});

const Ticket = answer({
  ticketId: Type.String(),
  orderId: Id,
  locationId: Id,
  stationId: Slug,
  reference: Type.String(),
  orderType: Type.Enum(['dine-in', 'takeaway', 'delivery']),
  tableName: Nullable(Type.String()),
  covers: Nullable(Type.Integer()),
  server: Nullable(Type.String()),
  status: Type.Enum(['fired', 'started', 'ready', 'bumped']),
  lines: Type.Array(Line),
  prepSeconds: Type.Integer(),
  firedAt: Time,
  startedAt: Nullable(Time),
  readyAt: Nullable(Time),
  bumpedAt: Nullable(Time),
  recalled: Type.Boolean(),
  cancelled: Type.Boolean({ description: 'every line was voided' }),
});

const ticketOf = ({ lines, ...ticket }: KitchenTicket) => ({ ...ticket, lines: [...lines] });

const byAge = (a: KitchenTicket, b: KitchenTicket): number => {
  const [first, second] = [`${a.firedAt} ${a.ticketId}`, `${b.firedAt} ${b.ticketId}`];
  return first < second ? -1 : first > second ? 1 : 0;
};

export const kitchenBoard = query({
  name: 'kitchen-board',
  summary: 'What the kitchen has to cook, the oldest ticket first',
  permission: 'kitchen.read',
  path: '/kitchen/board',
  params: params({ station: Type.Optional(Slug), locationId: Type.Optional(Id) }),
  answer: list(Ticket),
  reads: ['kitchen_board'],
  run: async (db, { station, locationId }, scope) => {
    const found = await db.any(select<KitchenTicket>`
      select * from read_models.kitchen_board
      where ${visible(scope, locationId)} and status <> 'bumped' and ${ifGiven(station, (id) => sql.fragment`station_id = ${id}`)}
      order by fired_at, ticket_id`);
    return whole(found.map(ticketOf));
  },
  asOf: async (history, until, { station, locationId }, scope) => {
    const rows = [...(await history.fold(kitchenBoardProjection, until)).values()];
    const shown = rows.filter(
      (ticket) =>
        isVisible(scope, locationId, ticket) && ticket.status !== 'bumped' && (station === undefined || ticket.stationId === station),
    );
    return whole(shown.toSorted(byAge).map(ticketOf));
  },
});
