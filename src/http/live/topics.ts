import type { LiveRow, RowChange, RowFilter } from './ports.ts';
import type { Subscribe, TopicName } from './protocol.ts';

type Definition = {
  readonly projection: string;
  readonly permission: string;
  /** Rows that a screen no longer shows, beside those of other places. */
  readonly equal?: RowFilter['equal'];
  readonly unequal?: RowFilter['unequal'];
  /** The key of a row begins with its location and a slash, so that a row that is gone still tells whose it was. */
  readonly keyTellsLocation?: true;
};

const definitions: { readonly [Name in TopicName]: Definition } = {
  kitchen: { projection: 'kitchen_board', permission: 'kitchen.read', unequal: { status: 'bumped' } },
  expo: { projection: 'kitchen_board', permission: 'kitchen.read', unequal: { status: 'bumped' } },
  'all-day': { projection: 'all_day', permission: 'kitchen.read', keyTellsLocation: true },
  tables: { projection: 'table_map', permission: 'tables.read' },
  alerts: { projection: 'alerts', permission: 'alerts.read', equal: { acknowledgedAt: null } },
};

export type Topic = {
  readonly name: TopicName;
  /** The same for all who see the same rows. */
  readonly key: string;
  readonly permission: string;
  readonly locationId: string;
  readonly filter: RowFilter;
  /** Columns that stay as they are through a row's life: a row of another place was never on this screen. */
  readonly place: RowFilter['equal'];
  readonly keyTellsLocation: boolean;
};

export const isTopicName = (value: unknown): value is TopicName => typeof value === 'string' && Object.hasOwn(definitions, value);

export const topicOf = ({ topic, locationId, station }: Subscribe): Topic => {
  const { projection, permission, equal, unequal, keyTellsLocation } = definitions[topic];
  const place = { locationId, ...(station !== undefined && { stationId: station }) };
  return {
    name: topic,
    key: JSON.stringify([topic, locationId, station]),
    permission,
    locationId,
    filter: { projection, equal: { ...place, ...equal }, unequal: { ...unequal } },
    place,
    keyTellsLocation: keyTellsLocation ?? false,
  };
};

export const matches = (row: LiveRow, { equal, unequal }: Pick<RowFilter, 'equal' | 'unequal'>): boolean =>
  Object.entries(equal).every(([column, value]) => (row[column] ?? null) === value) &&
  Object.entries(unequal).every(([column, value]) => (row[column] ?? null) !== value);

/** A change as a topic's screens see it; null: it is not about them. A row that does not match now may be on them and has to go. */
export const shownOf = (topic: Topic, { projection, key, row, position }: RowChange): Shown | null => {
  if (projection !== topic.filter.projection) return null;
  if (row === null) return !topic.keyTellsLocation || key.startsWith(`${topic.locationId}/`) ? { position, change: { key, row } } : null;
  if (!matches(row, { equal: topic.place, unequal: {} })) return null;
  return { position, change: { key, row: matches(row, topic.filter) ? row : null } };
};

export type Shown = { readonly position: number; readonly change: { readonly key: string; readonly row: LiveRow | null } };
