import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { connect, type Api } from '../../src/client/api.ts';
import type { ImportFigures } from '../../src/client/import/run.ts';
import type { LogEvent } from '../../src/commands/ports.ts';
import type { OrderEvent } from '../../src/domain/order.ts';
import { removeProgram, startProgram, type Program } from '../support/program.ts';
import { restaurantData, restaurantDataIsThere, trueFigures } from '../support/restaurant-data.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
const QUARTER = 'from=2022-12-31&to=2023-04-01';

type Figures = {
  readonly orders: number;
  readonly lines: number;
  readonly gross: number;
  readonly bestSeller: string;
  readonly bestSold: number;
  readonly hour12: number;
};
const expected: Figures = {
  orders: trueFigures.orders,
  lines: trueFigures.lines,
  gross: trueFigures.gross.amount,
  bestSeller: trueFigures.bestSeller.name,
  bestSold: trueFigures.bestSeller.sold,
  hour12: trueFigures.linesInHour12,
};

type Group = {
  readonly key: string;
  readonly name: string;
  readonly orders: number;
  readonly lines: number;
  readonly gross: { readonly amount: number };
};
type Report = { readonly total: Omit<Group, 'key' | 'name'>; readonly groups: readonly Group[] };

const fromApi = async (api: Api): Promise<Figures> => {
  const byItem = await api.get<Report>(`reports/sales?${QUARTER}&groupBy=item`);
  const byHour = await api.get<Report>(`reports/sales?${QUARTER}&groupBy=hour`);
  const best = byItem.groups.toSorted((a, b) => b.lines - a.lines)[0];
  const { orders, lines, gross } = byItem.total;
  return {
    orders,
    lines,
    gross: gross.amount,
    bestSeller: best?.name ?? '',
    bestSold: best?.lines ?? 0,
    hour12: byHour.groups.find(({ key }) => key === '12')?.lines ?? 0,
  };
};

/** As an analyst asks, with his own role. */
const fromSql = async ({ readerUrl }: Program): Promise<Figures> => {
  const client = new Client({ connectionString: readerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Figures>(`
      with sold as (select * from read_models.sales_lines where closed_at is not null),
           best as (select name, sum(quantity) as sold from sold group by name order by sold desc limit 1)
      select count(distinct order_id)::int as orders, count(*)::int as lines, sum(gross)::int as gross,
        (select name from best) as "bestSeller", (select sold from best)::int as "bestSold",
        (count(*) filter (where extract(hour from ordered_at at time zone 'UTC') = 12))::int as "hour12"
      from sold`);
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    return row;
  } finally {
    await client.end();
  }
};

/** From the log itself, as an auditor downloads it. */
const fromLog = async ({ baseUrl, owner }: Program): Promise<Figures & { readonly doubled: number }> => {
  const login = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const answer = await fetch(`${baseUrl}/api/v1/audit/export`, { headers: { authorization: `Bearer ${token}` } });
  const events = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogEvent & OrderEvent);
  const added = events.flatMap((event) =>
    event.type === 'OrderLinesAdded' ? event.data.lines.map((line) => ({ ...line, at: event.metadata.occurredAt ?? '' })) : [],
  );
  const closed = events.flatMap((event) => (event.type === 'OrderClosed' ? event.data.lineIds : []));
  const lines = new Map(added.map((line) => [line.lineId, line]));
  const sold = closed.flatMap((lineId) => lines.get(lineId) ?? []);
  const byName = Map.groupBy(sold, (line) => line.name);
  const [best] = [...byName].toSorted(([, a], [, b]) => b.length - a.length);
  return {
    orders: events.filter((event) => event.type === 'OrderClosed').length,
    lines: sold.length,
    gross: sold.reduce((sum, line) => sum + line.quantity * line.price.amount, 0),
    bestSeller: best?.[0] ?? '',
    bestSold: best?.[1].length ?? 0,
    hour12: sold.filter((line) => new Date(line.at).getUTCHours() === 12).length,
    doubled: added.length - lines.size + closed.length - new Set(closed).size,
  };
};

const runImport = (program: Program, ...more: readonly string[]) => {
  const args = [CLI, 'import', '--menu', restaurantData.menu, '--orders', restaurantData.orders, '--json', ...more];
  const env = {
    ...process.env,
    BRIGADE_URL: program.baseUrl,
    BRIGADE_EMAIL: program.owner.email,
    BRIGADE_PASSWORD: program.owner.password,
  };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const orders = (): number => Number(/(\d+) of \d+ orders[^\n]*\n$/.exec(told)?.[1] ?? 0);
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, out, told }));
  return { child, ended, orders };
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

describe('A restaurant’s quarter, played into the running program (its files lie outside the project)', function () {
  this.timeout(300_000);
  let program: Program;

  before(async function () {
    if (!restaurantDataIsThere()) this.skip();
    program = await startProgram();
  });
  after(async () => {
    if (program !== undefined) await removeProgram(program);
  });

  const login = () => ({ url: program.baseUrl, ...program.owner });

  it('survives kill -9 in the middle, and goes on where it was', async () => {
    const first = runImport(program);
    await until(() => first.orders() > 200);
    const { port } = new URL(program.baseUrl);
    await program.kill();
    program = await startProgram({ dataDir: program.dataDir, port: Number(port) });
    first.child.kill('SIGINT');
    const { code } = await first.ended;
    expect(code).to.equal(130);
  });

  it('played again to the end, prints the true figures and reports every bad line', async () => {
    const { code, out, told } = await runImport(program).ended;
    expect(code, told).to.equal(0);
    const figures = JSON.parse(out) as ImportFigures;
    const { rows, orders, lines, gross, bestSeller } = trueFigures;
    expect(figures).to.deep.include({ rows, orders, lines, gross, bestSeller, refused: [], stopped: false });
    expect(figures.bad).to.have.length(trueFigures.badLines);
    expect(figures.bad[0]).to.deep.equal({ file: 'orders', line: 123, reason: 'no item_id' });
    expect(figures.rowsByHour['12']).to.equal(trueFigures.rowsInHour12);
    expect(figures.server).to.deep.equal({ orders, lines, gross });
  });

  it('shows the same in the API, in SQL and in the log, nothing lost and nothing doubled', async () => {
    const api = await connect(login());
    const [asked, analysed, audited] = [await fromApi(api), await fromSql(program), await fromLog(program)];
    expect(asked, 'API').to.deep.equal(expected);
    expect(analysed, 'SQL').to.deep.equal(expected);
    expect(audited, 'log').to.deep.equal({ ...expected, doubled: 0 });
  });

  it('leaves an empty kitchen, stock that fell by what was sold, and an alert for each item at its reorder point', async () => {
    const api = await connect(login());
    const board = await api.get<{ readonly items: readonly unknown[] }>('kitchen/board');
    expect(board.items).to.deep.equal([]);
    type Level = { readonly name: string; readonly onHand: { readonly amount: number }; readonly low: boolean };
    const levels = (await api.get<{ readonly items: readonly Level[] }>('stock-items?limit=200')).items;
    const hamburgers = levels.find(({ name }) => name === 'Hamburger (portions)');
    expect(hamburgers?.onHand.amount).to.equal(1000 - trueFigures.bestSeller.sold);
    const alerts = (await api.get<{ readonly items: readonly { readonly name: string }[] }>('alerts?status=open')).items;
    expect(alerts.map(({ name }) => name).toSorted()).to.deep.equal(
      levels
        .filter(({ low }) => low)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(alerts.map(({ name }) => name)).to.include('Hamburger (portions)');
  });
});
