import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { priceFrom, readMenu, readOrders, UnreadableFile } from '../../src/client/import/read-files.ts';

const MENU = new Set(['101', '102']);

describe('Reading a restaurant’s files', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'brigade-files-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  const file = async (text: string): Promise<string> => {
    const path = join(folder, `${Math.abs(text.length)}-${text.charCodeAt(text.length - 2)}.csv`);
    await writeFile(path, text);
    return path;
  };

  it('reads a menu with a byte-order mark and prices to the cent', async () => {
    const { items, bad } = await readMenu(
      await file(
        '\uFEFFmenu_item_id,item_name,category,price\n101,Hamburger,American,12.95\n103,Hot Dog,American,9\n105,"Mac, & Cheese",American,7.5\n',
      ),
    );
    expect(bad).to.deep.equal([]);
    expect(items.map(({ name, price }) => [name, price])).to.deep.equal([
      ['Hamburger', 1295],
      ['Hot Dog', 900],
      ['Mac, & Cheese', 750],
    ]);
  });

  it('reports each bad line of a menu with its number, and keeps the good ones', async () => {
    const { items, bad } = await readMenu(
      await file(
        'menu_item_id,item_name,category,price\n101,Hamburger,American,12.95\n,Nameless,American,1\n102,Soup,Asian,1.234\n101,Again,American,2\n104,Tea,Asian,3\n',
      ),
    );
    expect(items.map(({ menuItemId }) => menuItemId)).to.deep.equal(['101', '104']);
    expect(bad).to.deep.equal([
      { file: 'menu', line: 3, reason: 'no menu_item_id' },
      { file: 'menu', line: 4, reason: 'price 1.234 is not an amount' },
      { file: 'menu', line: 5, reason: 'menu_item_id 101 stands twice' },
    ]);
  });

  const heading = 'order_details_id,order_id,order_date,order_time,item_id\n';

  it('gathers an order’s lines, day first and on a twelve-hour clock', async () => {
    const { orders, bad, rows } = await readOrders(
      await file(`\uFEFF${heading}1,1,31/01/2023,12:05:06 AM,101\n2,1,31/01/2023,12:05:06 AM,102\n3,2,1/02/2023,11:38:36 PM,101\n`),
      MENU,
    );
    expect([rows, bad]).to.deep.equal([3, []]);
    expect(orders).to.deep.equal([
      {
        orderId: '1',
        at: { year: 2023, month: 1, day: 31, hour: 0, minute: 5, second: 6 },
        lines: [
          { detailId: '1', menuItemId: '101' },
          { detailId: '2', menuItemId: '102' },
        ],
      },
      {
        orderId: '2',
        at: { year: 2023, month: 2, day: 1, hour: 23, minute: 38, second: 36 },
        lines: [{ detailId: '3', menuItemId: '101' }],
      },
    ]);
  });

  it('reports every bad line with its number and reason, and loses none that is good', async () => {
    const text = [
      '1,1,1/01/2023,11:38:36 AM,101',
      '2,1,1/01/2023,11:38:36 AM,NULL',
      '3,1,1/01/2023,11:38:36 AM,999',
      '4,2,1/13/2023,11:38:36 AM,101',
      '5,2,1/01/2023,25:00:00 AM,101',
      '1,2,1/01/2023,11:38:36 AM,101',
      ',2,1/01/2023,11:38:36 AM,101',
      '8,,1/01/2023,11:38:36 AM,101',
      '9,3,1/01/2023,12:00:00 PM,102',
    ];
    const { orders, bad, rowsByHour } = await readOrders(await file(`${heading}${text.join('\r\n')}\n`), MENU);
    expect(orders.map(({ orderId, lines }) => [orderId, lines.length])).to.deep.equal([
      ['1', 1],
      ['3', 1],
    ]);
    expect(bad.map(({ line, reason }) => `${line}: ${reason}`)).to.deep.equal([
      '3: no item_id',
      '4: item_id 999 is not on the menu',
      '5: order_date 1/13/2023 is no day (day first, as 31/03/2023)',
      '6: order_time 25:00:00 AM is no time (as 1:05:00 PM)',
      '7: order_details_id 1 stands twice',
      '8: no order_details_id',
      '9: no order_id',
    ]);
    expect(rowsByHour).to.deep.equal({ 11: 7, 12: 1 });
  });

  it('says which columns a file lacks', async () => {
    const failure = await readMenu(await file('id;name\n1;Soup\n')).catch((error: unknown) => error);
    expect(failure)
      .to.be.instanceOf(UnreadableFile)
      .with.property('message')
      .that.matches(/has no column menu_item_id, item_name, category, price/);
  });

  it('takes prices as exact decimals only', () => {
    expect(['12.95', '9', '0.1', '0'].map(priceFrom)).to.deep.equal([1295, 900, 10, 0]);
    expect(['', '-1', '1.234', '1e3', '$5', '1,50'].map(priceFrom)).to.deep.equal([null, null, null, null, null, null]);
  });
});
