import { expect } from 'chai';
import type { Browser, Locator, Page } from 'playwright-core';
import { connect, type Api } from '../../src/client/api.ts';
import { removeProgram, startProgram, type Program } from '../support/program.ts';
import { chromiumPath, launchBrowser, logIn, openDevice } from '../web/browser.ts';

const HEARTBEAT_SECONDS = 1;
const BOUND_MS = (2 * HEARTBEAT_SECONDS + 1) * 1000 + 2_000;
const ENV = { APP_LIVE__HEARTBEAT_SECS: String(HEARTBEAT_SECONDS) };

const id = (n: number): string => `01939f3a-1000-7000-8000-${String(n).padStart(12, '0')}`;

/** A grill and a fryer, three dishes, two tables. */
const furnish = async (api: Api): Promise<void> => {
  const { items } = await api.get<{ readonly items: readonly { readonly locationId: string; readonly currency: string }[] }>('locations');
  const { locationId = '', currency = '' } = items[0] ?? {};
  for (const stationId of ['grill', 'fry']) {
    await api.send(
      'PUT',
      `locations/${locationId}/stations/${stationId}`,
      { name: stationId === 'grill' ? 'Grill' : 'Fry', warnSeconds: 300, lateSeconds: 600 },
      stationId,
    );
  }
  await api.send('PUT', `locations/${locationId}/categories/american`, { name: 'American' }, 'american');
  const dishes = [
    ['Hamburger', 'grill', 1295],
    ['Hot Dog', 'grill', 900],
    ['French Fries', 'fry', 700],
  ] as const;
  for (const [n, [name, stationId, amount]] of dishes.entries()) {
    const dish = {
      menuItemId: id(n),
      locationId,
      name,
      categoryId: 'american',
      stationId,
      price: { amount, currency },
      prepSeconds: 300,
      recipe: [],
    };
    await api.send('POST', 'menu-items', dish, `dish-${n}`);
  }
  for (const n of [5, 7]) await api.send('POST', 'tables', { tableId: id(100 + n), locationId, name: String(n), seats: 4 }, `table-${n}`);
};

const present = chromiumPath();
const unless = present === null ? ' (skipped: chromium is absent from CHROMIUM_PATH and /usr/bin/chromium)' : '';

describe(`The screens in a browser${unless}`, function () {
  this.timeout(120_000);
  const wrong: string[] = [];
  let program: Program;
  let browser: Browser;
  let pos: Page;
  let kds: Page;

  before(async function () {
    if (present === null) return this.skip();
    program = await startProgram({ env: ENV });
    await furnish(await connect({ url: program.baseUrl, ...program.owner }));
    browser = await launchBrowser(present);
    pos = await openDevice(browser, `${program.baseUrl}/pos`, wrong);
    kds = await openDevice(browser, `${program.baseUrl}/kds`, wrong);
  });
  after(async () => {
    if (present === null) return;
    await browser?.close();
    if (program !== undefined) await removeProgram(program);
  });
  afterEach(() => expect(wrong.splice(0)).to.deep.equal([]));

  const connection = (page: Page, tone: 'live' | 'not-live'): Locator => page.locator(`[data-connection="${tone}"]`);
  const item = (name: string): Locator => pos.getByLabel('Menu').getByRole('button', { name });
  const line = (name: string, status: string): Locator =>
    pos.locator(`[data-line="${name}"][data-status="${status}"][data-pending="false"]`);
  const table = (name: string, state: string): Locator => pos.locator(`[data-table="${name}"][data-state="${state}"]`);
  const ticket = (text: string): Locator => kds.getByRole('article').filter({ hasText: text });
  const restart = async (): Promise<void> => {
    program = await startProgram({ env: ENV, dataDir: program.dataDir, port: Number(new URL(program.baseUrl).port) });
  };

  it('let nobody in with a wrong password, and say so', async () => {
    await logIn(pos, { ...program.owner, password: 'wrong-password' });
    expect(await pos.getByRole('alert').textContent()).to.include('password is wrong');
  });

  it('take an order at a table and send it to the kitchen', async () => {
    await logIn(pos, program.owner);
    await table('5', 'available').click();
    await pos.getByRole('button', { name: '2 guests' }).click();
    await item('Hamburger').click();
    await item('Hamburger').click();
    await item('French Fries').click();
    await pos.getByRole('button', { name: 'Note and seat for French Fries' }).click();
    await pos.getByLabel('Note for French Fries').fill('no salt');
    await pos.getByRole('button', { name: 'Save' }).click();
    await line('French Fries', 'waiting').getByText('no salt').waitFor();
    expect(await line('Hamburger', 'waiting').locator('.quantity').textContent()).to.equal('2');
    await pos.getByRole('button', { name: 'Send 3' }).click();
    await line('Hamburger', 'fired').waitFor();
  });

  it('show the kitchen its tickets, by station', async () => {
    await logIn(kds, program.owner);
    await kds.getByRole('button', { name: 'Grill' }).click();
    await connection(kds, 'live').waitFor();
    await ticket('Table 5').getByText('Hamburger').waitFor();
    expect(await kds.getByRole('article').count()).to.equal(1);
    expect(new URL(kds.url()).searchParams.get('station')).to.equal('grill');
  });

  it('start a ticket by touch, bump it by key and recall it by key', async () => {
    await ticket('Table 5').click();
    await ticket('Table 5').filter({ hasText: 'Cooking' }).waitFor();
    await line('Hamburger', 'started').waitFor();
    await kds.keyboard.press('1');
    await kds.keyboard.press('Enter');
    await ticket('Table 5').waitFor({ state: 'detached' });
    await line('Hamburger', 'served').waitFor();
    await kds.keyboard.press('r');
    await ticket('Table 5').filter({ hasText: 'Recalled' }).waitFor();
  });

  it('let the kitchen see what was voided, and why', async () => {
    await pos.getByRole('button', { name: 'Void Hamburger' }).click();
    await pos.getByRole('button', { name: 'Sold out' }).click();
    await ticket('Table 5').getByText('VOID', { exact: true }).waitFor();
    expect(await ticket('Table 5').textContent())
      .to.include('Sold out')
      .and.include('CANCELLED');
    await kds.getByRole('button', { name: 'Clear' }).click();
    await ticket('Table 5').waitFor({ state: 'detached' });
  });

  it('say NOT LIVE when the server falls silent, within two heartbeats', async () => {
    process.kill(program.pid, 'SIGSTOP');
    await connection(kds, 'not-live').waitFor({ timeout: BOUND_MS });
    expect(await connection(kds, 'not-live').textContent()).to.match(/NOT LIVE since \d\d:\d\d:\d\d — what you see may be old/);
    process.kill(program.pid, 'SIGCONT');
    await connection(kds, 'live').waitFor();
    await connection(pos, 'live').waitFor();
  });

  it('say NOT LIVE when the server is killed, keep what is tapped, and lose nothing', async () => {
    await program.kill();
    await Promise.all([kds, pos].map((page) => connection(page, 'not-live').waitFor({ timeout: BOUND_MS })));
    await item('Hot Dog').click();
    await pos.getByRole('button', { name: 'Send 1' }).click();
    await pos.getByText('not yet in the kitchen').waitFor();
    await pos.locator('[data-waiting="2"]').waitFor();
    await restart();
    await connection(kds, 'live').waitFor();
    await ticket('Table 5').getByText('Hot Dog').waitFor();
    await line('Hot Dog', 'fired').waitFor();
    await pos.locator('[data-waiting]').waitFor({ state: 'detached' });
    expect(await ticket('Table 5').count()).to.equal(1);
  });

  it('keep what waits over a reload of the page', async () => {
    await pos.context().route('**/api/v1/orders/**', (route) => route.abort());
    await item('Hot Dog').click();
    await pos.locator('[data-waiting="1"]').waitFor();
    await pos.context().unroute('**/api/v1/orders/**');
    await pos.reload();
    await line('Hot Dog', 'waiting').waitFor();
    await pos.getByRole('button', { name: 'Remove Hot Dog' }).click();
    await line('Hot Dog', 'waiting').waitFor({ state: 'detached' });
  });

  it('take the payment, close the order and free the table', async () => {
    await pos.getByRole('button', { name: 'Pay', exact: true }).click();
    await pos.getByRole('button', { name: 'Exact: $16.00' }).click();
    await table('5', 'available').waitFor();
    await pos.locator('[data-waiting]').waitFor({ state: 'detached' });
    const api = await connect({ url: program.baseUrl, ...program.owner });
    const { items } = await api.get<{
      readonly items: readonly {
        readonly status: string;
        readonly lines: readonly { readonly name: string; readonly quantity: number; readonly status: string }[];
      }[];
    }>('orders');
    expect(
      items.map(({ status, lines }) => [status, lines.map(({ name, quantity, status: at }) => `${quantity} ${name} ${at}`)]),
    ).to.deep.equal([['closed', ['2 Hamburger voided', '1 French Fries fired', '1 Hot Dog fired']]]);
  });
});
