import { isTimeOfDay, isTimeZone } from './business-day.ts';
import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { LocationId } from './ids.ts';
import { isCurrency } from './money.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

export type LocationDetails = {
  readonly name: string;
  /** IANA name: `Europe/Paris`. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** `HH:MM` in the location's time zone: sales before it belong to the day before. */
  readonly dayStartsAt: string;
};

type OfLocation = { readonly locationId: LocationId };

export type LocationCommand =
  | Message<'DefineLocation', OfLocation & LocationDetails>
  | Message<'ChangeLocation', OfLocation & Partial<LocationDetails>>;

export type LocationEvent =
  | Message<'LocationDefined', OfLocation & LocationDetails>
  | Message<'LocationChanged', OfLocation & LocationDetails>;

type DefinedLocation = { readonly status: 'defined'; readonly locationId: LocationId; readonly details: LocationDetails };

export type Location = { readonly status: 'unknown' } | DefinedLocation;

const evolve = (_: Location, event: LocationEvent): Location => {
  switch (event.type) {
    case 'LocationDefined':
    case 'LocationChanged':
      return { status: 'defined', locationId: event.data.locationId, details: detailsOf(event.data) };
    default:
      return impossible(event);
  }
};

const decide = (location: Location, command: LocationCommand): readonly LocationEvent[] => {
  switch (command.type) {
    case 'DefineLocation':
      return define(location, command.data);
    case 'ChangeLocation':
      return change(location, command.data);
    default:
      return impossible(command);
  }
};

export const locationDecider: Decider<Location, LocationCommand, LocationEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends LocationCommand['type']> = (location: Location, data: DataOf<LocationCommand, Type>) => readonly LocationEvent[];

const define: Rule<'DefineLocation'> = (location, data) => {
  if (location.status === 'defined' && same(location.details, detailsOf(data))) return [];
  if (location.status === 'defined')
    throw new Rejection('location-exists', 'Another location was defined under this id: change it, or give the new one an id of its own.');
  requireSound(data);
  return [{ type: 'LocationDefined', data }];
};

const change: Rule<'ChangeLocation'> = (location, { locationId, ...wishes }) => {
  const { details } = requireDefined(location);
  const wished: LocationDetails = { ...details, ...wishes };
  requireSound(wished);
  return same(wished, details) ? [] : [{ type: 'LocationChanged', data: { locationId, ...wished } }];
};

const requireDefined = (location: Location): DefinedLocation => {
  if (location.status === 'unknown') throw new Rejection('location-unknown', 'There is no such location: define it first.');
  return location;
};

const requireSound = ({ timeZone, currency, dayStartsAt }: LocationDetails): void => {
  if (!isTimeZone(timeZone))
    throw new Rejection('time-zone-unknown', `There is no time zone "${timeZone}": give an IANA name, as in Europe/Paris.`);
  if (!isCurrency(currency)) throw new Rejection('currency-invalid', 'Give a currency as three capital letters, as in EUR.');
  if (!isTimeOfDay(dayStartsAt)) throw new Rejection('day-start-invalid', 'Give the time the day starts as HH:MM, as in 04:00.');
};

const detailsOf = ({ name, timeZone, currency, dayStartsAt }: LocationDetails): LocationDetails => ({
  name,
  timeZone,
  currency,
  dayStartsAt,
});
