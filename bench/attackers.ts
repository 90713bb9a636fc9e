import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { constants, getPriority, setPriority } from 'node:os';
import { enterLive } from '../test/support/live-client.ts';

/** What attacks a server at once, in a process of its own: logins from many addresses, clients that drip, displays that do not read. */
export type AttackTask = {
  readonly url: string;
  readonly token: string;
  readonly locationId: string;
  readonly loginsPerSecond: number;
  readonly slowClients: number;
  readonly displays: number;
};
export type AttackReport = {
  readonly logins: { readonly [status: string]: number };
  readonly slowClientsCut: number;
  /** Of the displays, those still connected, and all that the server sent them and they did not read. */
  readonly displaysLeft: number;
  /** Seconds of the processor. */
  readonly cpuSeconds: number;
};

const TOGETHER = 20;
const TURNS = 50;

/** They share the processors with what they attack, as they would not elsewhere: what they do comes after it. */
const BEHIND = 19;

const stall = async ({ url, token, locationId, displays }: AttackTask, onCut: () => void): Promise<void> => {
  const one = async (): Promise<void> => {
    const answer = await fetch(`${url}/api/v1/live/tickets`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    const { ticket } = (await answer.json()) as { readonly ticket: string };
    const client = await enterLive(url, ticket);
    client.send({ type: 'subscribe', id: 'tables', topic: 'tables', locationId });
    await client.next('snapshot');
    client.socket.pause();
    client.closed.then(onCut, onCut);
  };
  for (let n = 0; n < displays; n += TOGETHER) await Promise.all(Array.from({ length: Math.min(TOGETHER, displays - n) }, one));
};

/** Each as an address of its own, as a proxy would tell. */
const floodLogins = ({ url, loginsPerSecond }: AttackTask, count: (status: string) => void): (() => void) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  let sent = 0;
  const login = (): void => {
    sent += 1;
    const body = JSON.stringify({ email: `somebody-${sent}@nowhere.test`, password: 'x'.repeat(64) });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-forwarded-for': `203.0.${sent % 200}.${sent % 250}`,
    };
    const asked = request(`${url}/api/v1/auth/login`, { method: 'POST', agent, headers }, (answer) => {
      count(String(answer.statusCode));
      answer.resume();
    });
    asked.on('error', () => count('cut'));
    asked.end(body);
  };
  const timer = setInterval(() => {
    for (let n = 0; n < loginsPerSecond / 20; n++) login();
  }, 50);
  return () => clearInterval(timer);
};

/** A byte of a head each second, each at its own moment, and another client where one was cut off. */
const drip = ({ url, slowClients }: AttackTask, onCut: () => void): (() => void) => {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  const open = (): void => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    sockets.add(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      onCut();
    });
  };
  let turn = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % TURNS;
    for (const [nth, socket] of [...sockets].entries()) if (nth % TURNS === turn) socket.write('x');
    for (let n = 0; n < slowClients / TURNS && sockets.size < slowClients; n++) open();
  }, 1000 / TURNS);
  return () => clearInterval(timer);
};

if (process.send !== undefined && import.meta.main) {
  const [task] = (await once(process, 'message')) as [AttackTask];
  const logins: Record<string, number> = {};
  let slowClientsCut = 0;
  let displaysLeft = task.displays;
  setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + BEHIND));
  await stall(task, () => void (displaysLeft -= 1));
  const used = process.cpuUsage();
  const stops = [
    floodLogins(task, (status) => void (logins[status] = (logins[status] ?? 0) + 1)),
    drip(task, () => void (slowClientsCut += 1)),
  ];
  process.send('attacking');
  await once(process, 'message');
  for (const stop of stops) stop();
  const { user, system } = process.cpuUsage(used);
  process.send({ logins, slowClientsCut, displaysLeft, cpuSeconds: (user + system) / 1e6 } satisfies AttackReport);
  process.exit();
}
