import { expect } from 'chai';
import { alerts, type AlertRow } from '../../src/projections/alerts.ts';
import { alertId, beefId, canonicalEvents, locationId, managerId } from '../support/canonical-events.ts';
import { minute, onlyRow, told } from './told.ts';

const { AlertRaised: raised, AlertAcknowledged: acknowledged } = canonicalEvents;

const open: AlertRow = {
  alertId,
  locationId,
  kind: 'reorder',
  stockItemId: beefId,
  name: 'Ground beef',
  onHand: 4_900_000,
  reorderPoint: 5_000_000,
  par: 20_000_000,
  displayUnit: 'kg',
  raisedAt: minute(1),
  acknowledgedAt: null,
  acknowledgedBy: null,
};

describe('Alerts', () => {
  it('are open once raised', () => expect(onlyRow(told(alerts, raised))).to.deep.equal(open));

  it('say who has seen them', () => {
    expect(onlyRow(told(alerts, raised, acknowledged))).to.deep.equal({ ...open, acknowledgedAt: minute(2), acknowledgedBy: managerId });
  });
});
