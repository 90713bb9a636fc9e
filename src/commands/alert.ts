import Type from 'typebox';
import { alertDecider, type Alert, type AlertCommand, type AlertEvent } from '../domain/alert.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { DisplayUnit, Id, input, Name } from './schema.ts';

export const alertAggregate: Aggregate<Alert, AlertCommand, AlertEvent> = {
  name: 'Alert',
  decider: alertDecider,
  locationOf: (alert) => (alert.status === 'unknown' ? null : alert.locationId),
};

const command = commandsOf(alertAggregate);

export const alertCommands = [
  command({
    type: 'RaiseAlert',
    summary: 'Tell people that something needs them',
    permission: null,
    route: null,
    input: input({
      alertId: Id,
      locationId: Id,
      kind: Type.Literal('reorder'),
      stockItemId: Id,
      name: Name,
      onHand: Type.Integer(),
      reorderPoint: Type.Integer(),
      par: Type.Integer(),
      displayUnit: DisplayUnit,
    }),
    prepare: (data) => ({
      id: data.alertId,
      locationId: data.locationId,
      ids: { alertId: data.alertId },
      command: { type: 'RaiseAlert', data },
    }),
  }),
  command({
    type: 'AcknowledgeAlert',
    summary: 'Say that an alert is being seen to',
    permission: 'alert.acknowledge',
    route: { method: 'POST', path: '/alerts/{alertId}/acknowledge' },
    input: input({ alertId: Id }),
    prepare: ({ alertId }, { actor }) => ({
      id: alertId,
      locationId: null,
      ids: { alertId },
      command: { type: 'AcknowledgeAlert', data: { alertId, acknowledgedBy: actor.userId } },
    }),
  }),
];
