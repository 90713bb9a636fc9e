import { once } from 'node:events';
import { connect } from 'node:net';

/** Keep-alive HTTP/1.1 load with little work of its own: raw sockets, requests made beforehand, microsecond latencies. */
export type LoadTask = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly requests: readonly string[];
};
export type Load = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly refused: number;
};

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

const answerIn = (received: Buffer): { readonly status: number } | null => {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = received.toString('latin1', 0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return received.length < end + HEAD_END.length + length ? null : { status: Number(head.slice(9, 12)) };
};

/** Each connection sends its next request when it has the answer to the last; only successes count. */
export const load = async ({ port, connections, seconds, warmupSeconds, requests }: LoadTask): Promise<Load> => {
  const keepFrom = performance.now() + warmupSeconds * 1000;
  const stopAt = keepFrom + seconds * 1000;
  const times: number[] = [];
  let refused = 0;
  let next = 0;

  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let received = Buffer.alloc(0);
      const send = (): void => {
        if (performance.now() >= stopAt) return void socket.destroy();
        const text = requests[next++ % requests.length] ?? '';
        sentAt = performance.now();
        socket.write(text);
      };
      socket.on('connect', send);
      socket.on('data', (chunk) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const answer = answerIn(received);
        if (answer === null) return;
        received = Buffer.alloc(0);
        const now = performance.now();
        if (answer.status >= 300) refused++;
        else if (sentAt >= keepFrom && now < stopAt) times.push(now - sentAt);
        send();
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });

  await Promise.all(Array.from({ length: connections }, one));
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 1000) / 1000;
  return { perSecond: Math.round(times.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), refused };
};

if (process.send !== undefined && import.meta.main) {
  const [task] = (await once(process, 'message')) as [LoadTask];
  process.send(await load(task));
  process.disconnect();
}
