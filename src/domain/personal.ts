import type { DataOf } from './decider.ts';
import type { DomainEvent } from './events.ts';
import type { OrderId, UserId } from './ids.ts';
import type { OrderHeader } from './order.ts';
import type { Subject } from './subject.ts';

/** Stands where a person's text was, once it was erased. */
export const ERASED = '[erased]';

/** Where texts are in an event's data: `header.server`, `lines[].note`. */
type TextPath<Data> = { [Name in keyof Data & string]-?: PathAt<Name, NonNullable<Data[Name]>> }[keyof Data & string];
type PathAt<Name extends string, Value> = Value extends string
  ? Name
  : Value extends readonly (infer Item)[]
    ? `${Name}[].${TextPath<Item>}`
    : Value extends object
      ? `${Name}.${TextPath<Value>}`
      : never;

/** Whose text it is, from the event and who caused it; null: nobody's. */
export type Whose<Data> = (data: Data, actorId: UserId) => Subject | null;
type PersonalTexts<Data> = { readonly [Path in TextPath<Data>]?: Whose<Data> };

type OfOrder = { readonly orderId: OrderId };
type Header = Pick<OrderHeader, 'server' | 'serverId' | 'reference'>;

const guests = ({ orderId }: OfOrder): Subject => ({ id: orderId, kind: 'guest' });
const whoDid = (_data: unknown, actorId: UserId): Subject => ({ id: actorId, kind: 'staff' });

const server = (orderId: OrderId, { serverId }: Header): Subject =>
  serverId === undefined ? guests({ orderId }) : { id: serverId, kind: 'staff' };

/** A number names nobody; anything else may be the name of who comes for the order. */
const caller = (orderId: OrderId, { reference }: Header): Subject | null =>
  /^[A-Z#]{0,2}\d+$/i.test(reference) || reference === orderId.slice(-4).toUpperCase() ? null : guests({ orderId });

/**
 * Which texts of which event are about a person, and whose they are: they are sealed in the log under that person's key.
 * An event without such texts is listed too, so that a new one cannot be forgotten.
 */
export const personal: { readonly [Type in DomainEvent['type']]: PersonalTexts<DataOf<DomainEvent, Type>> } = {
  OrderOpened: { server: (data) => server(data.orderId, data), reference: (data) => caller(data.orderId, data) },
  OrderLinesAdded: { 'lines[].note': guests },
  OrderLineChanged: { note: guests },
  OrderLineRemoved: {},
  OrderLinesFired: {
    'header.server': ({ orderId, header }) => server(orderId, header),
    'header.reference': ({ orderId, header }) => caller(orderId, header),
    'tickets[].lines[].note': guests,
  },
  OrderTicketStarted: {},
  OrderTicketReady: {},
  OrderTicketBumped: { 'lines[].note': guests },
  OrderTicketRecalled: { 'lines[].note': guests },
  OrderLineVoided: { 'line.note': guests, reason: guests },
  OrderTendered: {},
  OrderClosed: {},
  OrderCancelled: { reason: guests },
  StockItemDefined: {},
  StockItemReceived: {},
  StockItemConsumed: {},
  StockItemWasted: { note: whoDid },
  StockItemCounted: {},
  StockItemReorderPointReached: {},
  TableDefined: {},
  TableSeated: {},
  TableReleased: {},
  ShiftClockedIn: { name: ({ userId }) => ({ id: userId, kind: 'staff' }) },
  ShiftBreakStarted: {},
  ShiftBreakEnded: {},
  ShiftClockedOut: {},
  MenuStationDefined: {},
  MenuCategoryDefined: {},
  MenuItemDefined: {},
  MenuItemChanged: {},
  MenuItemRetired: {},
  LocationDefined: {},
  LocationChanged: {},
  AlertRaised: {},
  AlertAcknowledged: {},
  SubjectErased: {},
  AccountRegistered: {},
  AccountGranted: {},
  AccountDisabled: {},
  AccountEnabled: {},
  AccountRemoved: {},
  AccountLoggedIn: {},
  AccountLoginRefused: {},
  AccountLocked: {},
  AccountSessionEnded: {},
  AccountPasswordChanged: {},
  AccountPasswordResetRequested: {},
  AccountSecondFactorEnrolled: {},
  AccountEmailChanged: {},
  AccountSecondFactorRemoved: {},
  AccountPinIssued: {},
  AccountTerminalEnrolled: {},
  AccountApprovalGiven: {},
  RoleDefined: {},
  RoleChanged: {},
  RoleRemoved: {},
};
