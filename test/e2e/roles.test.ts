import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect, type Api } from '../../src/client/api.ts';
import { eventually } from '../support/eventually.ts';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';
import { startProgram, type Program } from '../support/program.ts';

type Position = { readonly position: number };

/** A fleet: each role in processes of its own, on one database. */
describe('The same program as separate processes', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let dataDir: string;
  const processes: Program[] = [];
  let apis: readonly Api[];
  let projector: Program;

  const startRole = async (roles: string): Promise<Program> => {
    const env = { APP_ROLES: roles, APP_DATABASE__URL: database.url, APP_DATABASE__ALLOW_UNSAFE: 'true' };
    const program = await startProgram({ dataDir, env });
    processes.push(program);
    return program;
  };

  before(async () => {
    database = await testDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    projector = await startRole('projector');
    const doors = [await startRole('api,live'), await startRole('api')];
    await startRole('worker');
    apis = await Promise.all(doors.map(({ baseUrl, owner }) => connect({ url: baseUrl, ...owner })));
  });
  after(async () => {
    await Promise.all(processes.map((program) => program.stop()));
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const both = (): readonly [Api, Api] => {
    const [one, other] = apis;
    if (one === undefined || other === undefined) throw new Error('two processes are needed');
    return [one, other];
  };

  it('serves what one process wrote from another, in time for who asks', async () => {
    const [one, other] = both();
    const { position } = await one.send<Position>('POST', 'tables', { name: '1', seats: 2 }, randomUUID());
    const { items } = await other.get<{ readonly items: readonly { readonly name: string }[] }>('tables', position);
    expect(items.map(({ name }) => name)).to.deep.equal(['1']);
  });

  it('lets both write to one aggregate at once, and loses nothing', async () => {
    const [one, other] = both();
    const shiftId = randomUUID();
    await one.send('POST', 'shifts', { shiftId }, randomUUID());
    await other.send('POST', `shifts/${shiftId}/break-start`, {}, randomUUID());
    await one.send('POST', `shifts/${shiftId}/break-end`, {}, randomUUID());
    const { position } = await other.send<Position & { readonly revision: number }>(
      'POST',
      `shifts/${shiftId}/clock-out`,
      {},
      randomUUID(),
    );
    const { items } = await one.get<{ readonly items: readonly { readonly status: string }[] }>('shifts', position);
    expect(items.map(({ status }) => status)).to.deep.equal(['ended']);
  });

  it('gives a retry through another process the first answer', async () => {
    const [one, other] = both();
    const [body, key] = [{ name: '2', seats: 2 }, randomUUID()];
    expect(await other.send('POST', 'tables', body, key)).to.deep.equal(
      await one.send('POST', 'tables', body, key).catch((error: unknown) => error),
    );
  });

  it('has the worker raise an alert for what the other processes did', async () => {
    const [one, other] = both();
    const stockItemId = randomUUID();
    const pieces = (amount: number) => ({ amount, unit: 'piece' });
    await one.send(
      'POST',
      'stock-items',
      { stockItemId, name: 'Eggs', displayUnit: 'piece', par: pieces(60), reorderPoint: pieces(12) },
      randomUUID(),
    );
    await one.send('POST', `stock-items/${stockItemId}/count`, { counted: pieces(10) }, randomUUID());
    const alerts = async () =>
      (await other.get<{ readonly items: readonly { readonly stockItemId: string }[] }>('alerts?status=open')).items;
    const raised = await eventually(alerts, ({ length }) => length > 0);
    expect(raised.map((alert) => alert.stockItemId)).to.deep.equal([stockItemId]);
  });

  it('answers 503 with a time to come back while nobody projects, and goes on when a projector is there again', async () => {
    const [one] = both();
    await projector.kill();
    const { position } = await one.send<Position>('POST', 'tables', { name: '3', seats: 2 }, randomUUID());
    const { baseUrl, owner } = processes[1] ?? projector;
    const login = await fetch(`${baseUrl}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(owner),
    });
    const { access_token: token } = (await login.json()) as { readonly access_token: string };
    const behind = await fetch(`${baseUrl}/api/v1/tables`, {
      headers: { authorization: `Bearer ${token}`, 'min-position': String(position) },
    });
    expect([behind.status, behind.headers.get('retry-after')]).to.deep.equal([503, '1']);
    expect(await behind.json()).to.have.property('code', 'read-model-behind');
    projector = await startRole('projector');
    const { items } = await one.get<{ readonly items: readonly unknown[] }>('tables', position);
    expect(items).to.have.length(3);
  });
});
