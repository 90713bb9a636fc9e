import { change, existing, projection } from './projection.ts';

export type LocationRow = {
  readonly locationId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly dayStartsAt: string;
  readonly revision: number;
};

export const locations = projection<LocationRow>({
  name: 'locations',
  version: 1,
  key: 'locationId',
  columns: { locationId: 'text', name: 'text', timeZone: 'text', currency: 'text', dayStartsAt: 'text', revision: 'integer' },
  indexes: [],
  live: false,
  shared: false,
  on: {
    LocationDefined: ({ data: { locationId, name, timeZone, currency, dayStartsAt }, revision }) => [
      change(locationId, () => ({ locationId, name, timeZone, currency, dayStartsAt, revision })),
    ],
    LocationChanged: ({ data: { locationId, name, timeZone, currency, dayStartsAt }, revision }) => [
      existing(locationId, () => ({ locationId, name, timeZone, currency, dayStartsAt, revision })),
    ],
  },
});
