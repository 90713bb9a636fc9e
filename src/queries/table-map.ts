import Type from 'typebox';
import { tableMap, type TableRow } from '../projections/table-map.ts';
import { query } from './query.ts';
import { answer, Id, list, Nullable, params, Time, whole } from './schema.ts';
import { isVisible, select, visible } from './sql.ts';

const Table = answer({
  tableId: Id,
  locationId: Id,
  name: Type.String(),
  section: Nullable(Type.String()),
  seats: Type.Integer(),
  state: Type.Enum(['available', 'seated', 'ordered', 'paid']),
  covers: Nullable(Type.Integer()),
  orderId: Nullable(Id),
  seatedAt: Nullable(Time),
  revision: Type.Integer(),
});

const tableOf = ({ openOrders: _openOrders, ...table }: TableRow) => table;

const named = new Intl.Collator('en', { numeric: true });
/** Table 9 comes before table 10. */
const byName = (a: TableRow, b: TableRow): number => named.compare(a.name, b.name);

export const tables = query({
  name: 'tables',
  summary: 'The tables, and who sits there',
  permission: 'tables.read',
  path: '/tables',
  params: params({ locationId: Type.Optional(Id) }),
  answer: list(Table),
  reads: ['table_map'],
  run: async (db, { locationId }, scope) => {
    const found = await db.any(select<TableRow>`select * from read_models.table_map where ${visible(scope, locationId)} order by table_id`);
    return whole(found.toSorted(byName).map(tableOf));
  },
  asOf: async (history, until, { locationId }, scope) => {
    const rows = [...(await history.fold(tableMap, until)).values()].filter((table) => isVisible(scope, locationId, table));
    return whole(rows.toSorted(byName).map(tableOf));
  },
});
