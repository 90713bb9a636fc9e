import { attack, unlessRefused, type Area, type Attack } from './attack.ts';
import { lines, said } from './raw.ts';
import type { Room } from './room.ts';

const INJECTIONS = [
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  'a%0d%0aX-Injected:%201',
  'a\\r\\nX-Injected: 1',
  'a\u0085X-Injected: 1',
  'a\u2028X-Injected: 1',
];
const HEADERS = ['X-Correlation-Id', 'traceparent', 'Idempotency-Key', 'If-Match', 'User-Agent', 'Origin', 'Min-Position'];

/** Every line that was written is one object, and none of them is ours to begin. */
const forgedLines = ({ logged }: Room): string | null => {
  for (const line of logged) {
    if (!line.endsWith('\n') || line.indexOf('\n') !== line.length - 1) return `a broken line: ${line}`;
    const entry = JSON.parse(line) as { readonly injected?: unknown };
    if (entry.injected !== undefined) return line;
  }
  return null;
};

const headers = HEADERS.flatMap((header) =>
  INJECTIONS.map((value) =>
    attack(`${header} with ${JSON.stringify(value)}`, async (room) => {
      const text = await said(
        room.port,
        Buffer.from(lines('GET /api/v1/nowhere HTTP/1.1', 'Host: x', `${header}: ${value}`, 'Connection: close'), 'utf8'),
      );
      const head = text.split('\r\n\r\n')[0] ?? '';
      return /^x-injected:/im.test(head) ? head : forgedLines(room);
    }),
  ),
);

const LOGGED = ['%0a{"injected":true}', '%0d%0a{"injected":true}', '%1b[2J', '%22,%22injected%22:true,%22', '%e2%80%a8{"injected":true}'];
const paths = LOGGED.flatMap((text) =>
  ['/', '/api/v1/orders/', '/api/v1/audit/streams/', '/kds?'].map((path) =>
    attack(`the log by ${path}${text}`, async (room) => {
      await room.server.nobody('GET', `/${path}${text}`);
      return forgedLines(room);
    }),
  ),
);

const secrets: readonly Attack[] = ['Authorization', 'Cookie', 'X-Api-Key'].map((header) =>
  attack(`finding ${header} in the log`, async (room) => {
    const secret = `eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJ0ZWxsLW5vYm9keSJ9.${header}`;
    await room.server.nobody('GET', '/users/me', { headers: { [header]: `Bearer ${secret}` } });
    return room.logged.some((line) => line.includes(secret)) ? 'it is there' : null;
  }),
);
const passwords = attack('finding passwords and tokens in the log', async (room) => {
  const { tokens } = await room.shared();
  await room.server.nobody('POST', '/auth/login', { body: { email: 'a@b.test', password: 'typed by somebody, tell nobody' } });
  const told = [tokens.access_token, tokens.refresh_token, 'tell nobody', 'a long enough password'].find((secret) =>
    room.logged.some((line) => line.includes(secret)),
  );
  return told ?? null;
});

/** Whoever was refused, and by what, stands in the log. */
const unseen: readonly Attack[] = [
  [401, 'GET', '/orders', 'Bearer invented'],
  [403, 'GET', '/audit/events', null],
  [400, 'POST', '/commands', null],
  [404, 'GET', '/orders/01939f3a-1000-7000-8000-000000000001', null],
].map(([status, method, path, authorization]) =>
  attack(`being refused with ${status} unseen`, async (room) => {
    const { tokens, userId } = await room.cook();
    const correlationId = `unseen-${status}`;
    const headers = { 'x-correlation-id': correlationId, authorization: String(authorization ?? `Bearer ${tokens.access_token}`) };
    await room.server.nobody(String(method), String(path), { headers, ...(method === 'POST' ? { body: {} } : {}) });
    const line = room.logged
      .map((text) => JSON.parse(text) as { readonly [name: string]: unknown })
      .find((entry) => entry['correlationId'] === correlationId);
    if (line === undefined) return 'no line';
    if (line['status'] !== status || typeof line['time'] !== 'string') return JSON.stringify(line);
    return status === 401 || line['userId'] === userId ? null : JSON.stringify(line);
  }),
);

/** What only we need to know: files, statements, versions, stacks. */
const TALK = /node_modules|\/src\/|\.ts:|at \w+ \(|select .* from|postgres|koa|express|node\/|pg_/i;
const curious = [
  '/orders/x',
  '/audit/streams/x',
  '/audit/events/x',
  '/jobs?after=x',
  '/nowhere',
  '/orders?asOf=x',
  '/orders?limit=x',
  '/reports/sales?from=x',
].map((path) =>
  attack(`learning from the refusal of ${path}`, async ({ server }) => {
    const { status, body, headers: told } = await server.owner('GET', path);
    if (told.has('server') || told.has('x-powered-by')) return 'it says what it is made of';
    return unlessRefused({ status, body }, 400, 404) ?? (TALK.test(JSON.stringify(body)) ? JSON.stringify(body) : null);
  }),
);

export const headersAndLogs: Area = {
  name: 'lines put into headers and logs, secrets taken from them',
  attacks: [...headers, ...paths, ...secrets, ...unseen, passwords, ...curious],
};

const FILES = ['package.json', 'etc/passwd', '.brigade/keys/access-tokens.pem', '.git/config', '.env', 'config/default.yaml'];
const WAYS = [
  (file: string) => `/../../../${file}`,
  (file: string) => `/..%2f..%2f..%2f${file}`,
  (file: string) => `/%2e%2e/%2e%2e/%2e%2e/${file}`,
  (file: string) => `/..%252f..%252f${file}`,
  (file: string) => `/..\\..\\..\\${file}`,
  (file: string) => `/..%5c..%5c${file}`,
  (file: string) => `/assets/../../../${file}`,
  (file: string) => `/assets/..%2f..%2f..%2f${file}`,
  (file: string) => `/....//....//${file}`,
  (file: string) => `/%c0%ae%c0%ae/${file}`,
  (file: string) => `//${file}`,
  (file: string) => `/${file}%00.js`,
  (file: string) => `file:///${file}`,
  (file: string) => `http://127.0.0.1/../${file}`,
];
const HOLDS = /"private": true|root:|BEGIN .*PRIVATE|repositoryformatversion|request_timeout_secs/;

export const pathTraversal: Area = {
  name: 'files by their paths',
  attacks: FILES.flatMap((file) =>
    WAYS.map((way) =>
      attack(`GET ${way(file)}`, async ({ port }) => {
        const text = await said(port, lines(`GET ${way(file)} HTTP/1.1`, 'Host: x', 'Connection: close'));
        if (HOLDS.test(text)) return text.slice(0, 300);
        return /^HTTP\/1\.1 4\d\d/.test(text) ? null : text.slice(0, 100);
      }),
    ),
  ),
};
