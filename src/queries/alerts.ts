import { sql } from 'slonik';
import Type, { type Static } from 'typebox';
import type { AlertRow } from '../projections/alerts.ts';
import { query } from './query.ts';
import { answer, fetched, Id, Limit, list, Nullable, page, params, StockQuantity, stockQuantity, Time } from './schema.ts';
import { ifGiven, select, visible } from './sql.ts';

const Alert = answer({
  alertId: Id,
  locationId: Id,
  kind: Type.Enum(['reorder']),
  stockItemId: Id,
  name: Type.String(),
  onHand: StockQuantity,
  reorderPoint: StockQuantity,
  par: StockQuantity,
  displayUnit: Type.String(),
  raisedAt: Time,
  acknowledgedAt: Nullable(Time),
  acknowledgedBy: Nullable(Type.String()),
});

const alertOf = ({ onHand, reorderPoint, par, ...alert }: AlertRow): Static<typeof Alert> => ({
  ...alert,
  onHand: stockQuantity(onHand, alert.displayUnit),
  reorderPoint: stockQuantity(reorderPoint, alert.displayUnit),
  par: stockQuantity(par, alert.displayUnit),
});

export const alerts = query({
  name: 'alerts',
  summary: 'What somebody should see to, the latest first',
  permission: 'alerts.read',
  path: '/alerts',
  params: params({
    status: Type.Optional(Type.Enum(['open', 'acknowledged'])),
    locationId: Type.Optional(Id),
    limit: Limit,
    after: Type.Optional(Id),
  }),
  answer: list(Alert),
  reads: ['alerts'],
  run: async (db, { status, locationId, limit, after }, scope) => {
    const found = await db.any(select<AlertRow>`
      select * from read_models.alerts
      where ${visible(scope, locationId)}
        and ${ifGiven(status, (asked) => (asked === 'open' ? sql.fragment`acknowledged_at is null` : sql.fragment`acknowledged_at is not null`))}
        and ${ifGiven(after, (id) => sql.fragment`(raised_at, alert_id) < (select raised_at, alert_id from read_models.alerts where alert_id = ${id})`)}
      order by raised_at desc, alert_id desc
      limit ${fetched(limit)}`);
    return page(found.map(alertOf), limit, ({ alertId }) => alertId);
  },
});
