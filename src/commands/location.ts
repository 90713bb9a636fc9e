import Type from 'typebox';
import { locationDecider, type Location, type LocationCommand, type LocationEvent } from '../domain/location.ts';
import { commandsOf, type Aggregate } from './command.ts';
import { Currency, Id, input, Name } from './schema.ts';

export const locationAggregate: Aggregate<Location, LocationCommand, LocationEvent> = {
  name: 'Location',
  decider: locationDecider,
  locationOf: (location) => (location.status === 'unknown' ? null : location.locationId),
};

const command = commandsOf(locationAggregate);

const TimeZone = Type.String({ minLength: 1, maxLength: 60, description: 'IANA name, as Europe/Paris' });
const DayStartsAt = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: 'HH:MM; earlier sales belong to the day before',
});

export const locationCommands = [
  command({
    type: 'DefineLocation',
    summary: 'Define a location',
    permission: 'location.define',
    route: { method: 'POST', path: '/locations' },
    creates: true,
    input: input({ locationId: Type.Optional(Id), name: Name, timeZone: TimeZone, currency: Currency, dayStartsAt: DayStartsAt }),
    prepare: (given, { newId }) => {
      const data = { ...given, locationId: given.locationId ?? newId() };
      return {
        id: data.locationId,
        locationId: data.locationId,
        ids: { locationId: data.locationId },
        command: { type: 'DefineLocation', data },
      };
    },
  }),
  command({
    type: 'ChangeLocation',
    summary: 'Change a location',
    permission: 'location.change',
    route: { method: 'PUT', path: '/locations/{locationId}' },
    input: input({
      locationId: Id,
      name: Type.Optional(Name),
      timeZone: Type.Optional(TimeZone),
      currency: Type.Optional(Currency),
      dayStartsAt: Type.Optional(DayStartsAt),
    }),
    prepare: (data) => ({
      id: data.locationId,
      locationId: data.locationId,
      ids: { locationId: data.locationId },
      command: { type: 'ChangeLocation', data },
    }),
  }),
];
