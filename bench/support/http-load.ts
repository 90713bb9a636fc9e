import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { timingOf, type Timing } from './timing.ts';

/**
 * Keep-alive HTTP/1.1 load with little work of its own: raw sockets, requests made beforehand. `steady`: each connection sends
 * its next request when it has the answer to the last. `bursts`: all connections send one at once, and when all are answered, again.
 */
export type LoadTask = { readonly port: number; readonly connections: number; readonly requests: readonly string[] } & (
  | { readonly kind: 'steady'; readonly seconds: number; readonly warmupSeconds: number }
  | { readonly kind: 'bursts'; readonly warmups: number }
);
/** Of the successes alone. */
export type Load = Timing & { readonly perSecond: number; readonly refused: number };

const HEAD_END = Buffer.from('\r\n\r\n');

export const request = (path: string, body: object, headers: { readonly [name: string]: string } = {}): string => {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
};

const statusIn = (received: Buffer): number | null => {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return received.length < end + HEAD_END.length + length ? null : Number(head.slice(9, 12));
};

type Connection = {
  readonly socket: Socket;
  readonly send: (text: string) => void;
  /** Settles when it ends; rejects where the server ended it with a request unanswered. */
  readonly ended: Promise<void>;
};

/** `onAnswer` is told when the request was sent. */
const open = async (port: number, onAnswer: (connection: Connection, sentAt: number, isSuccess: boolean) => void): Promise<Connection> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let sentAt = 0;
  let isWaiting = false;
  let received = Buffer.alloc(0);
  const end = Promise.withResolvers<void>();
  end.promise.catch(() => undefined);
  socket.on('error', end.reject);
  socket.on('close', () => (isWaiting ? end.reject(new Error('The server closed a connection instead of answering')) : end.resolve()));
  const connection: Connection = {
    socket,
    ended: end.promise,
    send: (text) => {
      isWaiting = true;
      sentAt = performance.now();
      socket.write(text);
    },
  };
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const status = statusIn(received);
    if (status === null) return;
    received = Buffer.alloc(0);
    isWaiting = false;
    onAnswer(connection, sentAt, status < 300);
  });
  return connection;
};

export const load = async (task: LoadTask): Promise<Load> => {
  const { port, connections: count, requests } = task;
  const times: number[] = [];
  let inTime = 0;
  let refused = 0;
  let next = 0;
  const following = (): string => requests[next++ % requests.length] ?? '';

  /** How many seconds were measured. */
  const steady = async (warmupSeconds: number, seconds: number): Promise<number> => {
    const keepFrom = performance.now() + warmupSeconds * 1000;
    const stopAt = keepFrom + seconds * 1000;
    const all = await Promise.all(
      Array.from({ length: count }, () =>
        open(port, ({ socket, send }, sentAt, isSuccess) => {
          const now = performance.now();
          if (!isSuccess) refused++;
          else if (sentAt >= keepFrom) {
            times.push(now - sentAt);
            if (now < stopAt) inTime++;
          }
          if (now < stopAt) send(following());
          else socket.destroy();
        }),
      ),
    );
    await Promise.all(
      all.map(async ({ send, ended }) => {
        send(following());
        await ended;
      }),
    );
    return seconds;
  };

  const bursts = async (warmups: number): Promise<number> => {
    let underWay = 0;
    let answered = Promise.withResolvers<void>();
    let keep = false;
    const all = await Promise.all(
      Array.from({ length: count }, () =>
        open(port, (_, sentAt, isSuccess) => {
          if (!isSuccess) refused++;
          else if (keep) times.push(performance.now() - sentAt);
          if (--underWay === 0) answered.resolve();
        }),
      ),
    );
    for (const { ended } of all) ended.catch((error: unknown) => answered.reject(error));
    let seconds = 0;
    for (let burst = 0; next < requests.length; burst++) {
      keep = burst >= warmups;
      const sending = all.slice(0, requests.length - next);
      underWay = sending.length;
      answered = Promise.withResolvers();
      const started = performance.now();
      for (const { send } of sending) send(following());
      await answered.promise;
      if (keep) seconds += (performance.now() - started) / 1000;
    }
    for (const { socket } of all) socket.destroy();
    inTime = times.length;
    return seconds;
  };

  const seconds = task.kind === 'steady' ? await steady(task.warmupSeconds, task.seconds) : await bursts(task.warmups);
  return { perSecond: Math.round(inTime / seconds), ...timingOf(times), refused };
};

if (process.send !== undefined && import.meta.main) {
  const [task] = (await once(process, 'message')) as [LoadTask];
  process.send(await load(task));
  process.disconnect();
}
