import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Api } from '../src/client/api.ts';
import { removeProgram, startProgram, type Program } from '../test/support/program.ts';
import type { AttackReport, AttackTask } from './attackers.ts';
import { prepare, type Prepared } from './commands.ts';
import type { Row } from './report.ts';

/** Orders at the pace of a rush, beside the same while logins flood in, clients drip and a thousand displays do not read. */
const ORDERS_PER_SECOND = 100;
const TABLES_PER_SECOND = 2;
const ATTACK = { loginsPerSecond: 200, slowClients: 500, displays: 1000 };
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
  { token, orderIds, menuItemId }: Prepared,
  seconds: number,
): Promise<Omit<Row, 'what' | 'at' | 'ratio'>> => {
  const body = JSON.stringify({ lines: [{ menuItemId, quantity: 1, seat: 1 }] });
  const started = performance.now();
  const answers: ReturnType<typeof timed>[] = [];
  for (let n = 0; n < seconds * ORDERS_PER_SECOND; n++) {
    const due = started + (n * 1000) / ORDERS_PER_SECOND;
    if (due > performance.now()) await pause(due - performance.now());
    answers.push(timed(`${baseUrl}/api/v1/orders/${orderIds[n % orderIds.length]}/lines`, token, body));
  }
  const all = await Promise.all(answers);
  const times = all.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN).toFixed(1));
  const refused = all.filter(({ status }) => status >= 300).length;
  return { perSecond: ORDERS_PER_SECOND, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), refused };
};

const memoryOf = async ({ metricsUrl }: Program): Promise<number> => {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
};

/** Something for displays to be sent, all the while. */
const seating = (api: Api, tableId: string): (() => Promise<void>) => {
  let going = true;
  const work = (async () => {
    for (let nth = 0; going; nth++) {
      const [path, body] = nth % 2 === 0 ? ['seat', { covers: 2 }] : ['release', {}];
      await Promise.all([api.send('POST', `tables/${tableId}/${path}`, body, randomUUID()), pause(1000 / TABLES_PER_SECOND)]);
    }
  })();
  return () => {
    going = false;
    return work;
  };
};

export const ordersUnderAttack = async (seconds: number): Promise<readonly Row[]> => {
  const program = await startProgram({ env: { APP_SERVER__TRUSTED_PROXIES: '1', APP_LOGGING__LEVEL: 'info' } });
  const attackers = fork(join(import.meta.dirname, 'attackers.ts'));
  try {
    const prepared = await prepare(program);
    const api = await connect({ url: program.baseUrl, ...program.owner });
    const { items } = await api.get<{ readonly items: readonly { readonly locationId: string }[] }>('locations');
    const locationId = items[0]?.locationId ?? '';
    const tableId = randomUUID();
    await api.send('POST', 'tables', { tableId, locationId, name: 'bench', seats: 2 }, randomUUID());
    const stopSeating = seating(api, tableId);
    await rush(program.baseUrl, prepared, 2);
    const calm = await rush(program.baseUrl, prepared, seconds);
    const before = await memoryOf(program);
    attackers.send({ url: program.baseUrl, token: prepared.token, locationId, ...ATTACK } satisfies AttackTask);
    await once(attackers, 'message');
    const attacked = await rush(program.baseUrl, prepared, seconds);
    const grown = Math.round(((await memoryOf(program)) - before) / MB);
    attackers.send('stop');
    const [{ logins, slowClientsCut }] = (await once(attackers, 'message')) as [AttackReport];
    await stopSeating();
    const answered = Object.entries(logins).map(([status, count]) => `${count} x ${status}`);
    console.log(`logins: ${answered.join(', ')}; slow clients cut off: ${slowClientsCut}; memory grown: ${grown} MB`);
    return [
      { what: 'orders', at: 'in a calm rush', ...calm, ratio: 1 },
      {
        what: 'orders',
        at: `beside ${ATTACK.loginsPerSecond} logins/s, ${ATTACK.slowClients} slow clients, ${ATTACK.displays} stalled displays; memory +${grown} MB`,
        ...attacked,
        ratio: Math.round((attacked.p99Ms / calm.p99Ms) * 100) / 100,
      },
    ];
  } finally {
    attackers.kill();
    await removeProgram(program);
  }
};
