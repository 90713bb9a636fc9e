import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Api } from '../src/client/api.ts';
import { removeProgram, startProgram, type Program } from '../test/support/program.ts';
import type { AttackReport, AttackTask } from './attackers.ts';
import { ratio, say, type Measured, type Options } from './report.ts';
import { prepare, type Prepared } from './support/order-requests.ts';
import { timingOf } from './support/timing.ts';

/** Orders at the pace of a rush, beside the same while logins flood in, clients drip and a thousand displays do not read. */
const ORDERS_PER_SECOND = 100;
const TABLES_PER_SECOND = 2;
const ALL = { loginsPerSecond: 200, slowClients: 500, displays: 1000 };
const ORDERS = 500;
/** Until the logins that still wait are answered. */
const SETTLED_MS = 4000;
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

type Rush = { readonly times: readonly number[]; readonly refused: number };

/** Sent when it is their time, whether the ones before were answered or not. */
const rush = async (baseUrl: string, { token, menuItemId }: Prepared, orderIds: readonly string[], seconds: number): Promise<Rush> => {
  const body = JSON.stringify({ lines: [{ menuItemId, quantity: 1, seat: 1 }] });
  const started = performance.now();
  const answers: ReturnType<typeof timed>[] = [];
  for (let n = 0; n < seconds * ORDERS_PER_SECOND; n++) {
    const due = started + (n * 1000) / ORDERS_PER_SECOND;
    if (due > performance.now()) await pause(due - performance.now());
    answers.push(timed(`${baseUrl}/api/v1/orders/${orderIds[n % orderIds.length]}/lines`, token, body));
  }
  const all = await Promise.all(answers);
  return { times: all.map(({ ms }) => ms), refused: all.filter(({ status }) => status >= 300).length };
};

type Usage = { readonly memoryMb: number; readonly cpuSeconds: number };

const usageOf = async ({ metricsUrl }: Program): Promise<Usage> => {
  const text = await (await fetch(metricsUrl)).text();
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { memoryMb: figure('process_resident_memory_bytes') / MB, cpuSeconds: figure('process_cpu_seconds_total') };
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

type Attack = Pick<AttackTask, 'loginsPerSecond' | 'slowClients' | 'displays'>;
const NONE: Attack = { loginsPerSecond: 0, slowClients: 0, displays: 0 };
const ATTACKS: readonly (readonly [name: string, attack: Attack])[] = [
  ['200 logins a second', { ...NONE, loginsPerSecond: ALL.loginsPerSecond }],
  ['500 slow clients', { ...NONE, slowClients: ALL.slowClients }],
  ['1,000 stalled displays', { ...NONE, displays: ALL.displays }],
  ['all three', ALL],
];

type Attacked = {
  readonly name: string;
  readonly rush: Rush;
  readonly grownMb: number;
  readonly cpu: number;
  readonly report: AttackReport;
};

const rowOf = (at: string, rushes: readonly Rush[]) => ({
  what: 'orders',
  at,
  perSecond: ORDERS_PER_SECOND,
  ...timingOf(rushes.flatMap(({ times }) => times)),
  refused: rushes.reduce((sum, { refused }) => sum + refused, 0),
});

const said = ({ name, grownMb, cpu, report }: Attacked): string => {
  const logins = Object.entries(report.logins).map(([status, count]) => `${count} x ${status}`);
  const told = [
    ...(logins.length === 0 ? [] : [`logins answered ${logins.join(', ')}`]),
    ...(report.displaysLeft === 0 ? [] : [`${report.displaysLeft} displays still connected`]),
    ...(report.slowClientsCut === 0 ? [] : [`${report.slowClientsCut} slow clients cut off`]),
    `memory grown by ${Math.round(grownMb)} MB`,
    `processor seconds of the server ${cpu.toFixed(1)}, of the attackers ${report.cpuSeconds.toFixed(1)}`,
  ];
  return `Beside ${name}: ${told.join('; ')}.`;
};

/** The attackers run at the lowest priority: where they do not share the processors with the server they take nothing from it. */
export const ordersUnderAttack = async ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> => {
  const program = await startProgram({ env: { APP_SERVER__TRUSTED_PROXIES: '1', APP_LOGGING__LEVEL: 'info' } });
  const prepared = await prepare(program);
  const orderIds = Array.from({ length: ORDERS }, () => randomUUID());
  const inRush = (): Promise<Rush> => rush(program.baseUrl, prepared, orderIds, seconds);

  const attacked = async (name: string, attack: Attack): Promise<Attacked> => {
    say(`orders beside ${name}`);
    const before = await usageOf(program);
    const attackers = fork(join(import.meta.dirname, 'attackers.ts'));
    try {
      attackers.send({ url: program.baseUrl, token: prepared.token, locationId: prepared.locationId, ...attack } satisfies AttackTask);
      await once(attackers, 'message');
      const begun = await usageOf(program);
      const measured = await inRush();
      const after = await usageOf(program);
      attackers.send('stop');
      const [report] = (await once(attackers, 'message')) as [AttackReport];
      return { name, rush: measured, grownMb: after.memoryMb - before.memoryMb, cpu: after.cpuSeconds - begun.cpuSeconds, report };
    } finally {
      attackers.kill();
    }
  };

  try {
    const api = await connect({ url: program.baseUrl, ...program.owner });
    const { locationId } = prepared;
    await api.batch(
      orderIds.map((orderId) => ({ type: 'OpenOrder', key: randomUUID(), data: { orderId, locationId, orderType: 'takeaway' } })),
    );
    const tableId = randomUUID();
    await api.send('POST', 'tables', { tableId, locationId, name: 'bench', seats: 2 }, randomUUID());
    const stopSeating = seating(api, tableId);
    await rush(program.baseUrl, prepared, orderIds, 2);
    const calms: Rush[] = [];
    const all: Attacked[] = [];
    for (const [name, attack] of ATTACKS) {
      calms.push(await inRush());
      all.push(await attacked(name, attack));
      await pause(SETTLED_MS);
    }
    await stopSeating();
    const calm = rowOf('in a calm rush', calms);
    return {
      rows: [
        calm,
        ...all.map((one) => {
          const row = rowOf(`beside ${one.name}`, [one.rush]);
          return { ...row, beside: { 'the calm p99': ratio(row.p99Ms, calm.p99Ms) } };
        }),
      ],
      notes: [
        ...all.map(said),
        'The attackers run on the same processors, at the lowest priority. Before each attack was a calm rush as long.',
      ],
    };
  } finally {
    await removeProgram(program);
  }
};
