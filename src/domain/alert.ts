import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { AlertId, LocationId, UserId } from './ids.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';
import type { ReorderNeed } from './stock-item.ts';

/** Quantities are integers of the stock item's smallest unit. */
type ReorderAlert = ReorderNeed & { readonly alertId: AlertId; readonly kind: 'reorder' };
type Acknowledgement = { readonly alertId: AlertId; readonly acknowledgedBy: UserId };

export type AlertCommand = Message<'RaiseAlert', ReorderAlert> | Message<'AcknowledgeAlert', Acknowledgement>;

export type AlertEvent = Message<'AlertRaised', ReorderAlert> | Message<'AlertAcknowledged', Acknowledgement>;

type RaisedAlert = { readonly status: 'raised' | 'acknowledged'; readonly locationId: LocationId; readonly alert: ReorderAlert };

export type Alert = { readonly status: 'unknown' } | RaisedAlert;

const evolve = (alert: Alert, event: AlertEvent): Alert => {
  switch (event.type) {
    case 'AlertRaised':
      return { status: 'raised', locationId: event.data.locationId, alert: event.data };
    case 'AlertAcknowledged':
      return alert.status === 'unknown' ? alert : { ...alert, status: 'acknowledged' };
    default:
      return impossible(event);
  }
};

const decide = (alert: Alert, command: AlertCommand): readonly AlertEvent[] => {
  switch (command.type) {
    case 'RaiseAlert':
      return raise(alert, command.data);
    case 'AcknowledgeAlert':
      return acknowledge(alert, command.data);
    default:
      return impossible(command);
  }
};

export const alertDecider: Decider<Alert, AlertCommand, AlertEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends AlertCommand['type']> = (alert: Alert, data: DataOf<AlertCommand, Type>) => readonly AlertEvent[];

const raise: Rule<'RaiseAlert'> = (alert, data) => {
  if (alert.status === 'unknown') return [{ type: 'AlertRaised', data }];
  if (same(alert.alert, data)) return [];
  throw new Rejection('alert-exists', 'Another alert was raised under this id: give the new one an id of its own.');
};

/** Whoever is first: the alert is then seen to. */
const acknowledge: Rule<'AcknowledgeAlert'> = (alert, data) => {
  if (alert.status === 'unknown') throw new Rejection('alert-unknown', 'There is no such alert: look at the list again.');
  return alert.status === 'acknowledged' ? [] : [{ type: 'AlertAcknowledged', data }];
};
