import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from '../src/client/api.ts';
import { removeProgram, startProgram, type Program } from '../test/support/program.ts';
import { request, type Load, type LoadTask } from './http-load.ts';
import type { Row } from './report.ts';

/** The command path over HTTP, end to end, beside a Koa app that only parses and validates. */
const ORDERS = 2000;
const CONNECTIONS = [1, 16, 64];

const here = (file: string): string => join(import.meta.dirname, file);

const loadFrom = async (task: LoadTask): Promise<Load> => {
  const child = fork(here('http-load.ts'));
  child.send(task);
  const [figures] = (await once(child, 'message')) as [Load];
  return figures;
};

export type Prepared = { readonly token: string; readonly orderIds: readonly string[]; readonly menuItemId: string };

export const prepare = async ({ baseUrl, owner }: Program): Promise<Prepared> => {
  const api = await connect({ url: baseUrl, ...owner });
  const { items } = await api.get<{ readonly items: readonly { readonly locationId: string }[] }>('locations');
  const locationId = items[0]?.locationId ?? '';
  await api.send('PUT', `locations/${locationId}/stations/grill`, { name: 'Grill', warnSeconds: 480, lateSeconds: 720 }, randomUUID());
  await api.send('PUT', `locations/${locationId}/categories/mains`, { name: 'Mains' }, randomUUID());
  const menuItemId = randomUUID();
  const price = { amount: 1450, currency: 'USD' };
  await api.send(
    'POST',
    'menu-items',
    {
      menuItemId,
      locationId,
      name: 'Grilled halloumi burger',
      categoryId: 'mains',
      stationId: 'grill',
      price,
      prepSeconds: 600,
      recipe: [],
    },
    randomUUID(),
  );
  const orderIds = Array.from({ length: ORDERS }, () => randomUUID());
  for (let from = 0; from < ORDERS; from += 500) {
    await api.batch(
      orderIds
        .slice(from, from + 500)
        .map((orderId) => ({ type: 'OpenOrder', key: randomUUID(), data: { orderId, locationId, orderType: 'takeaway' } })),
    );
  }
  const login = await fetch(`${baseUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  return { token, orderIds, menuItemId };
};

const requestsFor = ({ token, orderIds, menuItemId }: Prepared): readonly string[] =>
  orderIds.map((orderId) =>
    request(
      `/api/v1/orders/${orderId}/lines`,
      { lines: [{ menuItemId, quantity: 1, seat: 1, note: 'no onions, allergy: sesame' }] },
      { authorization: `Bearer ${token}` },
    ),
  );

const bareKoa = async (): Promise<{ readonly port: number; readonly stop: () => void }> => {
  const child = fork(here('bare-koa.ts'));
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return { port, stop: () => child.disconnect() };
};

export const commandsOverHttp = async (seconds: number): Promise<readonly Row[]> => {
  const program = await startProgram({ env: { APP_LOGGING__LEVEL: 'info' } });
  const bare = await bareKoa();
  try {
    const requests = requestsFor(await prepare(program));
    const rows: Row[] = [];
    for (const connections of CONNECTIONS) {
      const task = { connections, seconds, warmupSeconds: 2, requests };
      const yardstick = await loadFrom({ ...task, port: bare.port });
      const ours = await loadFrom({ ...task, port: Number(new URL(program.baseUrl).port) });
      const ratio = Math.round((ours.perSecond / yardstick.perSecond) * 1000) / 1000;
      rows.push({ what: 'bare Koa with the same schema', at: `${connections} connections`, ...yardstick, ratio: 1 });
      rows.push({ what: 'commands over HTTP, durable', at: `${connections} connections`, ...ours, ratio });
    }
    return rows;
  } finally {
    bare.stop();
    await removeProgram(program);
  }
};
