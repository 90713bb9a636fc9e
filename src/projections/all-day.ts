import type { TicketLine } from '../domain/order.ts';
import { change, none, projection, type Change } from './projection.ts';

/** How many of one dish a station still has to make, over all its tickets. */
export type AllDayCount = {
  readonly key: string;
  readonly locationId: string;
  readonly stationId: string;
  readonly menuItemId: string;
  readonly name: string;
  readonly quantity: number;
};

type Place = { readonly locationId: string; readonly stationId: string };

// A count may pass below nought, so that it does not depend on the order of what is added up.
const count = ({ locationId, stationId }: Place, { menuItemId, name, quantity }: TicketLine, sign: 1 | -1): Change<AllDayCount> => {
  const key = `${locationId}/${stationId}/${menuItemId}`;
  return change(key, (row) => {
    const sum = (row?.quantity ?? 0) + sign * quantity;
    return sum === 0 ? none : { key, locationId, stationId, menuItemId, name, quantity: sum };
  });
};

export const allDay = projection<AllDayCount>({
  name: 'all_day',
  version: 1,
  key: 'key',
  columns: { key: 'text', locationId: 'text', stationId: 'text', menuItemId: 'text', name: 'text', quantity: 'integer' },
  indexes: [['locationId', 'stationId']],
  live: true,
  shared: true,
  on: {
    OrderLinesFired: ({ data: { header, tickets } }) =>
      tickets.flatMap(({ stationId, lines }) => lines.map((line) => count({ locationId: header.locationId, stationId }, line, 1))),
    OrderTicketBumped: ({ data }) => data.lines.map((line) => count(data, line, -1)),
    OrderTicketRecalled: ({ data }) => data.lines.map((line) => count(data, line, 1)),
    OrderLineVoided: ({ data }) => (data.was === 'served' ? [] : [count(data, data.line, -1)]),
  },
});
