import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { attack, unlessRefused, type Area, type Attack } from './attack.ts';
import { lines, said, statusesIn } from './raw.ts';
import type { Room } from './room.ts';

const MB = 1024 * 1024;

const post = async (room: Room, path: string, body: string | Buffer, headers: { readonly [name: string]: string } = {}) => {
  const { tokens } = await serverOf(room);
  const answer = await fetch(`${room.server.baseUrl}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.access_token}`, ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  }).catch(() => null);
  // A server that has said no may close before all was sent.
  return answer === null ? { status: 413, body: '' } : { status: answer.status, body: await answer.text() };
};
const servers = new WeakMap<Room, ReturnType<Room['cook']>>();
const serverOf = (room: Room): ReturnType<Room['cook']> => {
  const known = servers.get(room) ?? room.cook('server');
  servers.set(room, known);
  return known;
};

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const DEEP: readonly (readonly [what: string, body: string])[] = [
  ['a hundred lists', nested('[', ']', 100)],
  ['a hundred thousand lists', nested('[', ']', 100_000)],
  ['900,000 lists', nested('[', ']', 900_000)],
  ['lists that never end', '['.repeat(900_000)],
  ['a hundred objects', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ['a hundred thousand objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['lists in a field', `{"orderType":${nested('[', ']', 50_000)}}`],
  ['lists in the data of a batch', `{"commands":[{"type":"OpenOrder","key":"k","data":{"orderType":${nested('[', ']', 50_000)}}}]}`],
];
const BIG: readonly (readonly [what: string, body: string])[] = [
  ['a text of 3 MB', JSON.stringify({ orderType: 'x'.repeat(3 * MB) })],
  ['a text of 1.9 MB', JSON.stringify({ orderType: 'x'.repeat(1.9 * MB) })],
  ['a hundred thousand fields', `{${Array.from({ length: 100_000 }, (_, n) => `"f${n}":1`).join(',')}}`],
  ['the same field a hundred thousand times', `{${'"orderType":"x",'.repeat(100_000)}"orderType":1}`],
  [
    'five hundred and one commands',
    JSON.stringify({ commands: Array.from({ length: 501 }, () => ({ type: 'CloseOrder', key: 'k', data: {} })) }),
  ],
  ['a number of a million digits', `{"covers":${'9'.repeat(1_000_000)}}`],
  ['a number too large', '{"covers":1e400}'],
  ['white space without end', `${' '.repeat(1.9 * MB)}[]`],
];

const bombs = (
  [
    ['gzip', gzipSync(Buffer.alloc(200 * MB, ' '))],
    ['deflate', deflateSync(Buffer.alloc(200 * MB, ' '))],
    ['br', brotliCompressSync(Buffer.alloc(200 * MB, ' '), { params: { 1: 1 } })],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(200 * MB, ' ')))],
    ['zstd', Buffer.from('28b52ffd', 'hex')],
    ['compress', Buffer.alloc(10)],
    ['x-gzip', gzipSync('{}')],
  ] as const
).map(([encoding, body]) =>
  attack(`a bomb of ${encoding}`, async (room) => unlessRefused(await post(room, '/orders', body, { 'content-encoding': encoding }), 415)),
);

const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/xml',
  'application/xml',
  'application/yaml',
  'application/x-msgpack',
];

const unreadable: readonly Attack[] = [
  ...TYPES.map((type) =>
    attack(`a body of ${type}`, async (room) =>
      unlessRefused(await post(room, '/orders', '{"orderType":"takeaway"}', { 'content-type': type }), 400, 415),
    ),
  ),
  ...[
    '{"a":1',
    "{'a':1}",
    '{a:1}',
    '{"a":NaN}',
    '{"a":undefined}',
    '{"a":0x10}',
    '/**/{}',
    '{}{}',
    '{"a":"\u0000"}',
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    '!!js/function "x"',
  ].map((body) => attack(`the body ${body.slice(0, 20)}`, async (room) => unlessRefused(await post(room, '/orders', body), 400))),
  ...[String.raw`a\u0000b`, String.raw`\ud800`, String.raw`\udfff\ud800`].map((text) =>
    attack(`a text with ${text}`, async (room) =>
      unlessRefused(await post(room, '/orders', `{"orderType":"takeaway","reference":"${text}"}`), 400),
    ),
  ),
  attack('bytes that are no UTF-8', async (room) =>
    unlessRefused(await post(room, '/orders', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])), 400),
  ),
  attack('a large body from nobody', async ({ server }) => {
    const body = { email: 'a@b.test', password: 'x'.repeat(100_000) };
    return unlessRefused(await server.nobody('POST', '/auth/login', { body }), 413);
  }),
  attack('a large body with an invented token', async ({ server }) => {
    const headers = { authorization: 'Bearer invented' };
    return unlessRefused(await server.nobody('POST', '/commands', { headers, body: { commands: 'x'.repeat(1_000_000) } }), 401);
  }),
];

export const hostileBodies: Area = {
  name: 'deep, huge, packed and malformed bodies',
  attacks: [
    ...[...DEEP, ...BIG].flatMap(([what, body]) =>
      ['/orders', '/commands'].map((path) =>
        attack(`${what} to ${path}`, async (room) => unlessRefused(await post(room, path, body), 400, 413)),
      ),
    ),
    ...bombs,
    ...unreadable,
  ],
};

/** Requests of which two readers could make different ones. The second, smuggled one must never be answered. */
const SMUGGLED = lines('GET /health/ready HTTP/1.1', 'Host: x', 'Connection: close');
const smuggling = (
  [
    ['two lengths', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Content-Length: 5')],
    ['length and chunks', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Transfer-Encoding: chunked')],
    ['chunks under a false name', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Transfer-Encoding: xchunked')],
    ['chunks before something else', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked, identity')],
    ['a blank before the colon', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Transfer-Encoding : chunked')],
    ['a negative length', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Length: -1')],
    ['a length with a sign', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Length: +4')],
    ['a length in hex', lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Length: 0x4')],
    ['a folded header', 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nContent-Length : 4\r\n\r\n'],
    ['lines that end in LF', 'POST /api/v1/auth/login HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\nContent-Length: 4\n\n'],
    ['a header of CR', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n'],
    ['a header with NUL', 'GET /health/live HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n'],
    ['no host', lines('GET /health/live HTTP/1.1')],
    ['two hosts', lines('GET /health/live HTTP/1.1', 'Host: x', 'Host : y')],
    ['another version', lines('GET /health/live HTTP/9.9', 'Host: x')],
    ['no version', 'GET /health/live\r\n\r\n'],
    ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ['a chunk size that is none', `${lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')}xyz\r\n`],
    [
      'a chunk size beyond all',
      `${lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked')}ffffffffffffffffff\r\n`,
    ],
    ['a head of 100 kB', lines('GET /health/live HTTP/1.1', 'Host: x', `X: ${'a'.repeat(100_000)}`)],
    ['a line of 100 kB', lines(`GET /${'a'.repeat(100_000)} HTTP/1.1`, 'Host: x')],
    ['ten thousand headers', lines('GET /health/live HTTP/1.1', 'Host: x', ...Array.from({ length: 10_000 }, (_, n) => `X-${n}: 1`))],
  ] as const
).map(([what, text]) =>
  attack(`a message with ${what}`, async ({ port }) => {
    const statuses = statusesIn(await said(port, text, SMUGGLED));
    return statuses.length <= 1 && statuses.every((status) => status >= 400) ? null : `answered ${statuses.join(', ')}`;
  }),
);

const METHODS = ['TRACE', 'TRACK', 'CONNECT', 'PATCH', 'PROPFIND', 'DEBUG', 'LINK', 'PURGE'];
const methods = METHODS.flatMap((method) =>
  ['/health/live', '/api/v1/orders', '/'].map((path) =>
    attack(`${method} ${path}`, async ({ port }) => {
      const [status = 400] = statusesIn(await said(port, lines(`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close')));
      return status >= 400 && status < 500 ? null : `answered ${status}`;
    }),
  ),
);
const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map((header) =>
  attack(`deleting by ${header}`, async (room) => {
    const { menuItemId } = room.victims.ids;
    await room.server.owner('POST', `/menu-items/${menuItemId}`, { headers: { [header]: 'DELETE' }, body: {} });
    const { body } = await room.server.owner('GET', '/menu');
    return JSON.stringify(body).includes(menuItemId ?? '') ? null : 'the dish is gone';
  }),
);

export const hostileMessages: Area = { name: 'smuggled, malformed and unheard-of HTTP', attacks: [...smuggling, ...methods, ...overrides] };
