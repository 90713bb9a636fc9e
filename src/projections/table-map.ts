import { change, existing, projection, type Fact } from './projection.ts';

/** A table and who sits there. `openOrders` are the orders under way at it; `orderId` is the last one opened. */
export type TableRow = {
  readonly tableId: string;
  readonly locationId: string;
  readonly name: string;
  readonly section: string | null;
  readonly seats: number;
  readonly state: 'available' | 'seated' | 'ordered' | 'paid';
  readonly covers: number | null;
  readonly orderId: string | null;
  readonly openOrders: readonly string[];
  readonly seatedAt: string | null;
  /** The table's own: orders do not raise it. */
  readonly revision: number;
};

const empty = { state: 'available', covers: null, orderId: null, openOrders: [], seatedAt: null } as const;

const withOrder = (table: TableRow, { data, at }: Fact<'OrderOpened'>): TableRow => ({
  ...table,
  state: 'ordered',
  covers: table.covers ?? data.covers,
  orderId: data.orderId,
  openOrders: [...table.openOrders, data.orderId],
  seatedAt: table.seatedAt ?? at,
});

/** An order may be opened before anyone says that its guests are seated. */
const seated = (table: TableRow, { data, at, revision }: Fact<'TableSeated'>): TableRow => ({
  ...table,
  state: table.openOrders.length > 0 ? 'ordered' : 'seated',
  covers: data.covers,
  orderId: table.openOrders.at(-1) ?? null,
  seatedAt: at,
  revision,
});

/** Of an order from before the table was released nothing is known here any more. */
const withoutOrder = (table: TableRow, orderId: string, state: 'paid' | 'seated'): TableRow => {
  if (!table.openOrders.includes(orderId)) return table;
  const openOrders = table.openOrders.filter((id) => id !== orderId);
  const last = openOrders.at(-1);
  return last === undefined ? { ...table, state, openOrders } : { ...table, state: 'ordered', orderId: last, openOrders };
};

export const tableMap = projection<TableRow>({
  name: 'table_map',
  version: 1,
  key: 'tableId',
  columns: {
    tableId: 'text',
    locationId: 'text',
    name: 'text',
    section: 'text?',
    seats: 'integer',
    state: 'text',
    covers: 'integer?',
    orderId: 'text?',
    openOrders: 'json',
    seatedAt: 'time?',
    revision: 'integer',
  },
  indexes: [['locationId', 'name']],
  live: true,
  shared: true,
  on: {
    TableDefined: ({ data, revision }) => [
      change(data.tableId, () => ({
        tableId: data.tableId,
        locationId: data.locationId,
        name: data.name,
        section: data.section,
        seats: data.seats,
        ...empty,
        revision,
      })),
    ],
    TableSeated: (fact) => [existing(fact.data.tableId, (table) => seated(table, fact))],
    TableReleased: ({ data, revision }) => [existing(data.tableId, (table) => ({ ...table, ...empty, revision }))],
    OrderOpened: (fact) => (fact.data.table === null ? [] : [existing(fact.data.table.tableId, (table) => withOrder(table, fact))]),
    OrderClosed: ({ data }) =>
      data.tableId === null ? [] : [existing(data.tableId, (table) => withoutOrder(table, data.orderId, 'paid'))],
    OrderCancelled: ({ data }) =>
      data.tableId === null ? [] : [existing(data.tableId, (table) => withoutOrder(table, data.orderId, 'seated'))],
  },
});
