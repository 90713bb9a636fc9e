import { sql, type FragmentSqlToken } from 'slonik';
import Type from 'typebox';
import { Rejection } from '../domain/rejection.ts';
import { query, type Scope } from './query.ts';
import { answer, Day, Id, Money, money, params } from './schema.ts';
import { select, visible } from './sql.ts';

const GROUPS = ['item', 'category', 'hour'] as const;
type GroupBy = (typeof GROUPS)[number];

const Sums = { orders: Type.Integer(), lines: Type.Integer(), gross: Money };

/** The key and the name a line is counted under. */
const groupKeys: { readonly [By in GroupBy]: { readonly key: FragmentSqlToken; readonly name: FragmentSqlToken } } = {
  item: { key: sql.fragment`menu_item_id`, name: sql.fragment`name` },
  category: { key: sql.fragment`category_id`, name: sql.fragment`category_name` },
  hour: { key: sql.fragment`to_char(wall_clock, 'HH24')`, name: sql.fragment`to_char(wall_clock, 'HH24:00')` },
};

type Asked = { readonly from: string; readonly to: string; readonly groupBy: GroupBy; readonly locationId: string | undefined };

type SumRow = {
  /** Null: of all groups together. */
  readonly key: string | null;
  readonly name: string;
  readonly currency: string | null;
  readonly orders: number;
  readonly lines: number;
  readonly gross: number;
  readonly currencies: number;
};

/** Business days and hours are those on the wall of the location. A business day never begins more than a day and 14 hours off its UTC date. */
const sums = ({ from, to, groupBy, locationId }: Asked, scope: Scope) => {
  const { key, name } = groupKeys[groupBy];
  return select<SumRow>`
    with places as (
      select * from read_models.locations where ${visible(scope, locationId)}
    ), lines as (
      select s.*, s.ordered_at at time zone p.time_zone as wall_clock, p.day_starts_at::interval as day_starts_at
      from read_models.sales_lines s join places p using (location_id)
      where s.closed_at is not null
        and s.ordered_at >= (${from}::date - 1)::timestamp at time zone 'UTC'
        and s.ordered_at < (${to}::date + 3)::timestamp at time zone 'UTC'
    ), sold as (
      select *, ${key} as group_key, ${name} as group_name
      from lines where (wall_clock - day_starts_at)::date between ${from}::date and ${to}::date
    )
    select group_key as key, (array_agg(group_name order by ordered_at desc))[1] as name,
      coalesce(min(currency), (select min(currency) from places)) as currency,
      count(distinct order_id) as orders, count(*) as lines, coalesce(sum(gross), 0) as gross,
      count(distinct currency) as currencies
    from sold
    group by grouping sets ((group_key), ())
    order by ${groupBy === 'hour' ? sql.fragment`key` : sql.fragment`gross desc, name, key`}`;
};

const sumOf = ({ orders, lines, gross }: SumRow, currency: string) => ({ orders, lines, gross: money(gross, currency) });

export const salesReport = query({
  name: 'sales-report',
  summary: 'What was sold on business days: orders, lines and gross, by item, category or hour',
  permission: 'report.read',
  path: '/reports/sales',
  params: params({
    from: Day,
    to: Day,
    groupBy: Type.Optional(Type.Enum([...GROUPS], { description: 'item unless given' })),
    locationId: Type.Optional(Id),
  }),
  answer: answer({
    total: answer(Sums),
    groups: Type.Array(
      answer({ key: Type.String({ description: "an item's or category's id, or the hour as 00 to 23" }), name: Type.String(), ...Sums }),
    ),
  }),
  reads: ['sales_lines', 'locations'],
  run: async (db, { from, to, groupBy = 'item', locationId }, scope) => {
    const rows = await db.any(sums({ from, to, groupBy, locationId }, scope));
    const total = rows.find(({ key }) => key === null);
    // No place to ask about: there is none, or it is another's.
    if (total === undefined || total.currency === null) return null;
    if (total.currencies > 1) {
      throw new Rejection(
        'currencies-mixed',
        'What was sold there is in several currencies, which do not add up: name one location with locationId.',
      );
    }
    const { currency } = total;
    const groups = rows.flatMap((row) => (row.key === null ? [] : [{ key: row.key, name: row.name, ...sumOf(row, currency) }]));
    return { total: sumOf(total, currency), groups };
  },
});
