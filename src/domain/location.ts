import type { Message } from './decider.ts';
import type { LocationId } from './ids.ts';

export type LocationDetails = {
  readonly name: string;
  /** IANA name: `Europe/Paris`. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** `HH:MM` in the location's time zone: sales before it belong to the day before. */
  readonly dayStartsAt: string;
};

export type LocationCommand =
  | Message<'DefineLocation', LocationDetails & { readonly locationId: LocationId }>
  | Message<'ChangeLocation', Partial<LocationDetails> & { readonly locationId: LocationId }>;

export type LocationEvent =
  | Message<'LocationDefined', LocationDetails & { readonly locationId: LocationId }>
  | Message<'LocationChanged', LocationDetails & { readonly locationId: LocationId }>;
