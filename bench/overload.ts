import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Api } from '../src/client/api.ts';
import { removeProgram, startProgram, type Program } from '../test/support/program.ts';
import type { AttackReport, AttackTask } from './attackers.ts';
import { ratio, type Measured, type Options, type Row } from './report.ts';
import { prepare, type Prepared } from './support/order-requests.ts';
import { timingOf } from './support/timing.ts';

/** Orders at the pace of a rush, beside the same while logins flood in, clients drip and a thousand displays do not read. */
const ORDERS_PER_SECOND = 100;
const TABLES_PER_SECOND = 2;
const ATTACK = { loginsPerSecond: 200, slowClients: 500, displays: 1000 };
const ORDERS = 500;
const MB = 1_000_000;

const agent = new Agent({ keepAlive: true });

const timed = (url: string, token: string, body: string): Promise<{ readonly status: number; readonly ms: number }> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': randomUUID(),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - started }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** Sent when it is their time, whether the ones before were answered or not. */
const rush = async (
  baseUrl: string,
  { token, menuItemId }: Prepared,
  orderIds: readonly string[],
  seconds: number,
): Promise<Omit<Row, 'what' | 'at'> & { readonly p99Ms: number }> => {
  const body = JSON.stringify({ lines: [{ menuItemId, quantity: 1, seat: 1 }] });
  const started = performance.now();
  const answers: ReturnType<typeof timed>[] = [];
  for (let n = 0; n < seconds * ORDERS_PER_SECOND; n++) {
    const due = started + (n * 1000) / ORDERS_PER_SECOND;
    if (due > performance.now()) await pause(due - performance.now());
    answers.push(timed(`${baseUrl}/api/v1/orders/${orderIds[n % orderIds.length]}/lines`, token, body));
  }
  const all = await Promise.all(answers);
  const refused = all.filter(({ status }) => status >= 300).length;
  return { perSecond: ORDERS_PER_SECOND, ...timingOf(all.map(({ ms }) => ms)), refused };
};

const memoryOf = async ({ metricsUrl }: Program): Promise<number> => {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
};

/** Something for displays to be sent, all the while. */
const seating = (api: Api, tableId: string): (() => Promise<void>) => {
  const over = new AbortController();
  const work = (async () => {
    for (let nth = 0; !over.signal.aborted; nth++) {
      const [path, body] = nth % 2 === 0 ? ['seat', { covers: 2 }] : ['release', {}];
      await Promise.all([api.send('POST', `tables/${tableId}/${path}`, body, randomUUID()), pause(1000 / TABLES_PER_SECOND)]);
    }
  })();
  return () => {
    over.abort();
    return work;
  };
};

export const ordersUnderAttack = async ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> => {
  const program = await startProgram({ env: { APP_SERVER__TRUSTED_PROXIES: '1', APP_LOGGING__LEVEL: 'info' } });
  const attackers = fork(join(import.meta.dirname, 'attackers.ts'));
  try {
    const prepared = await prepare(program);
    const api = await connect({ url: program.baseUrl, ...program.owner });
    const { locationId } = prepared;
    const orderIds = Array.from({ length: ORDERS }, () => randomUUID());
    const opened = orderIds.map((orderId) => ({
      type: 'OpenOrder',
      key: randomUUID(),
      data: { orderId, locationId, orderType: 'takeaway' },
    }));
    await api.batch(opened);
    const tableId = randomUUID();
    await api.send('POST', 'tables', { tableId, locationId, name: 'bench', seats: 2 }, randomUUID());
    const stopSeating = seating(api, tableId);
    await rush(program.baseUrl, prepared, orderIds, 2);
    const calm = await rush(program.baseUrl, prepared, orderIds, seconds);
    const before = await memoryOf(program);
    attackers.send({ url: program.baseUrl, token: prepared.token, locationId, ...ATTACK } satisfies AttackTask);
    await once(attackers, 'message');
    const attacked = await rush(program.baseUrl, prepared, orderIds, seconds);
    const grown = Math.round(((await memoryOf(program)) - before) / MB);
    attackers.send('stop');
    const [{ logins, slowClientsCut }] = (await once(attackers, 'message')) as [AttackReport];
    await stopSeating();
    const answered = Object.entries(logins).map(([status, count]) => `${count} x ${status}`);
    const stalled = `beside ${ATTACK.loginsPerSecond} logins/s, ${ATTACK.slowClients} slow clients, ${ATTACK.displays} stalled displays`;
    return {
      rows: [
        { what: 'orders', at: 'in a calm rush', ...calm },
        { what: 'orders', at: stalled, ...attacked, beside: { 'the calm p99': ratio(attacked.p99Ms, calm.p99Ms) } },
      ],
      notes: [`Logins: ${answered.join(', ')}; slow clients cut off: ${slowClientsCut}; memory grown: ${grown} MB.`],
    };
  } finally {
    attackers.kill();
    await removeProgram(program);
  }
};
