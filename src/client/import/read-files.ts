import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { dayFirst, twelveHour, type LocalTime } from './local-time.ts';

/** A line that could not be used, by its number in the file (the heading is line 1). */
export type BadLine = { readonly file: 'menu' | 'orders'; readonly line: number; readonly reason: string };

/** `price` in minor units. */
export type MenuRow = { readonly menuItemId: string; readonly name: string; readonly category: string; readonly price: number };

export type SoldLine = { readonly detailId: string; readonly menuItemId: string };
export type SoldOrder = { readonly orderId: string; readonly at: LocalTime; readonly lines: readonly SoldLine[] };

type Columns = { readonly [column: string]: string };
type NumberedRow = { readonly line: number; readonly row: Columns };

/** A file that is not the table it should be. */
export class UnreadableFile extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'UnreadableFile';
  }
}

async function* rowsOf(file: string, wanted: readonly string[]): AsyncIterable<NumberedRow> {
  const source = createReadStream(file);
  const parser = source.pipe(
    parse({
      bom: true,
      columns: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
    }),
  );
  source.on('error', (error) => parser.destroy(error));
  let checked = false;
  for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: Columns }>) {
    const missing = checked ? [] : wanted.filter((column) => record[column] === undefined);
    if (missing.length > 0) throw new UnreadableFile(file, `has no column ${missing.join(', ')}; it needs ${wanted.join(', ')}.`);
    checked = true;
    yield { line: info.lines, row: record };
  }
}

/** Minor units from decimal text, exactly: `12.95` and `9`; null for anything else. */
export const priceFrom = (text: string): number | null => {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
};

const absent = (text: string | undefined): boolean => text === undefined || text === '' || text.toUpperCase() === 'NULL';

export const readMenu = async (file: string): Promise<{ readonly items: readonly MenuRow[]; readonly bad: readonly BadLine[] }> => {
  const items = new Map<string, MenuRow>();
  const bad: BadLine[] = [];
  for await (const { line, row } of rowsOf(file, ['menu_item_id', 'item_name', 'category', 'price'])) {
    const { menu_item_id: menuItemId = '', item_name: name = '', category = '' } = row;
    const price = priceFrom(row['price'] ?? '');
    const reason = absent(menuItemId)
      ? 'no menu_item_id'
      : absent(name)
        ? 'no item_name'
        : absent(category)
          ? 'no category'
          : price === null
            ? `price ${row['price'] ?? ''} is not an amount`
            : items.has(menuItemId)
              ? `menu_item_id ${menuItemId} stands twice`
              : null;
    if (reason !== null || price === null) bad.push({ file: 'menu', line, reason: reason ?? 'no price' });
    else items.set(menuItemId, { menuItemId, name, category, price });
  }
  return { items: [...items.values()], bad };
};

export type OrdersRead = {
  /** Those with at least one good line, in the order of the file. */
  readonly orders: readonly SoldOrder[];
  readonly bad: readonly BadLine[];
  readonly rows: number;
  /** Rows with a readable time, good or not, by the hour they fall in. */
  readonly rowsByHour: { readonly [hour: string]: number };
};

export const readOrders = async (file: string, menu: ReadonlySet<string>): Promise<OrdersRead> => {
  const orders = new Map<string, { readonly orderId: string; readonly at: LocalTime; readonly lines: SoldLine[] }>();
  const seen = new Set<string>();
  const bad: BadLine[] = [];
  const rowsByHour: Record<string, number> = {};
  let rows = 0;
  for await (const { line, row } of rowsOf(file, ['order_details_id', 'order_id', 'order_date', 'order_time', 'item_id'])) {
    rows++;
    const {
      order_details_id: detailId = '',
      order_id: orderId = '',
      order_date: date = '',
      order_time: time = '',
      item_id: menuItemId = '',
    } = row;
    const day = dayFirst(date);
    const clock = twelveHour(time);
    if (clock !== null) rowsByHour[clock.hour] = (rowsByHour[clock.hour] ?? 0) + 1;
    const refuse = (reason: string): void => void bad.push({ file: 'orders', line, reason });
    if (absent(detailId)) refuse('no order_details_id');
    else if (seen.has(detailId)) refuse(`order_details_id ${detailId} stands twice`);
    else if (absent(orderId)) refuse('no order_id');
    else if (day === null) refuse(`order_date ${date} is no day (day first, as 31/03/2023)`);
    else if (clock === null) refuse(`order_time ${time} is no time (as 1:05:00 PM)`);
    else if (absent(menuItemId)) refuse('no item_id');
    else if (!menu.has(menuItemId)) refuse(`item_id ${menuItemId} is not on the menu`);
    else {
      seen.add(detailId);
      const order = orders.get(orderId) ?? { orderId, at: { ...day, ...clock }, lines: [] };
      order.lines.push({ detailId, menuItemId });
      orders.set(orderId, order);
    }
  }
  return { orders: [...orders.values()], bad, rows, rowsByHour };
};
