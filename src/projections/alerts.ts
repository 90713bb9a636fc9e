import type { Unit } from '../domain/quantity.ts';
import { change, existing, projection } from './projection.ts';

/** Quantities are integers of the stock item's smallest unit. */
export type AlertRow = {
  readonly alertId: string;
  readonly locationId: string;
  readonly kind: 'reorder';
  readonly stockItemId: string;
  readonly name: string;
  readonly onHand: number;
  readonly reorderPoint: number;
  readonly par: number;
  readonly displayUnit: Unit;
  readonly raisedAt: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
};

export const alerts = projection<AlertRow>({
  name: 'alerts',
  version: 1,
  key: 'alertId',
  columns: {
    alertId: 'text',
    locationId: 'text',
    kind: 'text',
    stockItemId: 'text',
    name: 'text',
    onHand: 'integer',
    reorderPoint: 'integer',
    par: 'integer',
    displayUnit: 'text',
    raisedAt: 'time',
    acknowledgedAt: 'time?',
    acknowledgedBy: 'text?',
  },
  indexes: [['locationId', 'raisedAt']],
  live: true,
  shared: false,
  on: {
    AlertRaised: ({ data: { alertId, locationId, kind, stockItemId, name, onHand, reorderPoint, par, displayUnit }, at }) => [
      change(alertId, () => ({
        alertId,
        locationId,
        kind,
        stockItemId,
        name,
        onHand,
        reorderPoint,
        par,
        displayUnit,
        raisedAt: at,
        acknowledgedAt: null,
        acknowledgedBy: null,
      })),
    ],
    AlertAcknowledged: ({ data, at }) => [
      existing(data.alertId, (alert) => ({ ...alert, acknowledgedAt: at, acknowledgedBy: data.acknowledgedBy })),
    ],
  },
});
