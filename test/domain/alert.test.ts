import { alertDecider, type AlertCommand } from '../../src/domain/alert.ts';
import { alertId, canonicalEvents, managerId, serverId } from '../support/canonical-events.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(alertDecider);
const { AlertRaised: raised, AlertAcknowledged: acknowledged } = canonicalEvents;

describe('Alert: raise', () => {
  const raise: AlertCommand = { type: 'RaiseAlert', data: raised.data };

  it('is raised', () => given().when(raise).then(raised));
  it('is raised once', () => given(raised).when(raise).nothing());
  it('stays quiet about a retry after it was acknowledged', () => given(raised, acknowledged).when(raise).nothing());
  it('refuses another alert under its id', () =>
    given(raised)
      .when({ type: 'RaiseAlert', data: { ...raised.data, onHand: 1 } })
      .rejects('alert-exists'));
});

describe('Alert: acknowledge', () => {
  const acknowledge = (acknowledgedBy: string): AlertCommand => ({ type: 'AcknowledgeAlert', data: { alertId, acknowledgedBy } });

  it('is acknowledged', () => given(raised).when(acknowledge(managerId)).then(acknowledged));
  it('is acknowledged once, by whoever is first', () => given(raised, acknowledged).when(acknowledge(serverId)).nothing());
  it('refuses what was never raised', () => given().when(acknowledge(managerId)).rejects('alert-unknown'));
});
