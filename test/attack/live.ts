import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { connectLive, enterLive, type LiveClient } from '../support/live-client.ts';
import type { TestServer } from '../support/server.ts';
import { attack, type Area, type Attack } from './attack.ts';
import { lines, said, statusesIn } from './raw.ts';
import type { Room } from './room.ts';

const ticketFor = async ({ owner }: TestServer): Promise<string> =>
  (await owner<{ readonly ticket: string }>('POST', '/live/tickets')).body.ticket;

const closedWith = async (client: LiveClient, ...codes: readonly number[]): Promise<string | null> => {
  const { code } = await client.closed;
  return codes.includes(code) ? null : `closed with ${code}`;
};

const ORIGINS = [
  'https://evil.example',
  'null',
  'http://127.0.0.1.evil.example',
  'http://evil.example:80',
  'file://',
  'https://pos.example.com.evil.example',
];
const origins = ORIGINS.map((origin) =>
  attack(`the live stream from a page of ${origin}, with a good ticket`, async (room) => {
    const server = await room.strict();
    const client = await connectLive(server.baseUrl, { origin });
    client.send({ type: 'authenticate', ticket: await ticketFor(server) });
    const held = await closedWith(client, 4403);
    return held ?? (client.frames.length === 0 ? null : JSON.stringify(client.frames));
  }),
);

const withoutOrigin = attack('the live stream without an origin and without a ticket', async ({ server }) => {
  const client = await connectLive(server.baseUrl);
  return closedWith(client, 4401);
});

const TICKETS: readonly (readonly [what: string, ticket: (room: Room) => Promise<string>])[] = [
  ['an invented one', async () => 'A'.repeat(43)],
  ['an empty one', async () => ''],
  ['an access token', async (room) => (await room.shared()).tokens.access_token],
  ['a refresh token', async (room) => (await room.shared()).tokens.refresh_token],
  ['SQL', async () => "' or true --"],
  ['a zero byte', async () => '\u0000'],
  [
    'a used one',
    async (room) => {
      const ticket = await ticketFor(room.server);
      await (await enterLive(room.server.baseUrl, ticket)).leave();
      return ticket;
    },
  ],
  ['one that is too long', async () => 'A'.repeat(5000)],
];
const tickets = TICKETS.map(([what, take]) =>
  attack(`entering with ${what}`, async (room) => {
    const client = await connectLive(room.server.baseUrl);
    client.send({ type: 'authenticate', ticket: await take(room) });
    return closedWith(client, 4400, 4401);
  }),
);
const race = attack('one ticket for ten connections at once', async ({ server }) => {
  const ticket = await ticketFor(server);
  const clients = await Promise.all(Array.from({ length: 10 }, () => connectLive(server.baseUrl)));
  for (const client of clients) client.send({ type: 'authenticate', ticket });
  const entered = await Promise.all(
    clients.map((client) =>
      client.next('welcome').then(
        () => true,
        () => false,
      ),
    ),
  );
  for (const client of clients) client.vanish();
  return entered.filter(Boolean).length === 1 ? null : `${entered.filter(Boolean).length} entered`;
});

const MESSAGES = [
  '',
  'x',
  'null',
  '[]',
  '{}',
  '{"type":"__proto__"}',
  '{"type":"constructor"}',
  '{"type":"authenticate","ticket":{"$ne":""}}',
  '{"type":"authenticate","ticket":["a"]}',
  '{"type":"subscribe","id":"a","topic":"__proto__","locationId":"x"}',
  '{"type":"subscribe","id":"a","topic":"toString","locationId":"x"}',
  '{"type":"subscribe","id":"a","topic":"expo","locationId":"x","after":-1}',
  '{"type":"subscribe","id":"a","topic":"expo","locationId":"x","after":1e999}',
  '{"type":"subscribe","id":"a","topic":"expo","locationId":["x"]}',
  '{"type":"subscribe","id":"a","topic":"expo","locationId":"x","permission":"*"}',
  '{"type":"welcome"}',
  '['.repeat(10_000),
  `{"type":"authenticate","ticket":"${'a'.repeat(20_000)}"}`,
];
const messages = MESSAGES.flatMap((text) =>
  [false, true].map((entered) =>
    attack(`the message ${text.slice(0, 60)} ${entered ? 'after' : 'before'} entering`, async ({ server }) => {
      const client = entered ? await enterLive(server.baseUrl, await ticketFor(server)) : await connectLive(server.baseUrl);
      client.sendText(text);
      return closedWith(client, 4400, 4401, 1009);
    }),
  ),
);

const floods: readonly Attack[] = [
  attack('ten thousand messages at once', async ({ server }) => {
    const client = await enterLive(server.baseUrl, await ticketFor(server));
    for (let n = 0; n < 10_000; n++) client.sendText('{"type":"unsubscribe","id":"x"}');
    return closedWith(client, 4400);
  }),
  attack('more subscriptions than there may be', async ({ server, victims }) => {
    const client = await enterLive(server.baseUrl, await ticketFor(server));
    for (let n = 0; n < 40; n++)
      client.send({ type: 'subscribe', id: `s${n}`, topic: 'expo', locationId: victims.ids['locationId'] ?? '' });
    const { code } = await client.next('error');
    client.vanish();
    return code === 'too-many-subscriptions' ? null : code;
  }),
  attack('bytes in place of text', async ({ server }) => {
    const client = await enterLive(server.baseUrl, await ticketFor(server));
    client.socket.send(Buffer.alloc(100));
    return closedWith(client, 4400);
  }),
  attack('one message of 10 MB', async ({ server }) => {
    const client = await enterLive(server.baseUrl, await ticketFor(server));
    client.sendText('x'.repeat(10_000_000));
    return closedWith(client, 1009, 1006);
  }),
  attack('a message in ten thousand pieces', async ({ server }) => {
    const client = await enterLive(server.baseUrl, await ticketFor(server));
    for (let n = 0; n < 10_000; n++) client.socket.send('xx', { fin: false });
    return closedWith(client, 1009, 1008, 1006);
  }),
  attack('compressed frames', async ({ server }) => {
    const socket = new WebSocket(`${server.baseUrl.replace('http', 'ws')}/api/v1/live`, { perMessageDeflate: true });
    await once(socket, 'open');
    const { extensions } = socket;
    socket.terminate();
    return extensions === '' ? null : `agreed to ${extensions}`;
  }),
];

/** Reads nothing, while everything changes for it to see. */
const stalled = attack('a display that reads nothing', async (room) => {
  const server = await room.strict();
  const client = await enterLive(server.baseUrl, await ticketFor(server));
  client.send({ type: 'subscribe', id: 't', topic: 'tables', locationId: server.locationId });
  await client.next('snapshot');
  client.socket.pause();
  const before = process.memoryUsage().arrayBuffers;
  const sections = 'x'.repeat(100);
  const commands = Array.from({ length: 500 }, (_, n) => ({
    type: 'DefineTable',
    key: randomUUID(),
    data: { tableId: randomUUID(), locationId: server.locationId, name: `${n}`, section: sections, seats: 2 },
  }));
  for (let n = 0; n < 2; n++)
    await server.owner('POST', '/commands', {
      body: { commands: commands.map((one) => ({ ...one, key: randomUUID(), data: { ...one.data, tableId: randomUUID() } })) },
    });
  const grown = process.memoryUsage().arrayBuffers - before;
  client.vanish();
  return grown < 50_000_000 ? null : `${grown} bytes wait for it`;
});

const UPGRADES: readonly (readonly [what: string, ...head: readonly string[]])[] = [
  [
    'elsewhere',
    'GET /api/v1/orders HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ],
  [
    'to another protocol',
    'GET /api/v1/live HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
  ],
  [
    'of an old version',
    'GET /api/v1/live HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 7',
  ],
  ['without a key', 'GET /api/v1/live HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  [
    'by POST',
    'POST /api/v1/live HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ],
];
const upgrades = UPGRADES.map(([what, ...head]) =>
  attack(`an upgrade ${what}`, async ({ port }) => {
    const statuses = statusesIn(await said(port, lines(...head)));
    return statuses.length > 0 && statuses.every((status) => status >= 400 && status < 500) ? null : `answered ${statuses.join()}`;
  }),
);

export const liveStream: Area = {
  name: 'the live stream: origins, tickets, messages, floods, stalled readers',
  attacks: [...origins, withoutOrigin, ...tickets, race, ...messages, ...floods, stalled, ...upgrades],
};

/** Connections that a patient attacker keeps for himself. */
const SLOW: readonly (readonly [what: string, text: string])[] = [
  ['a head that never ends', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: '],
  ['a head of many lines that never ends', `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(50)}`],
  ['half a request line', 'GE'],
  [
    'a body that never comes',
    lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 100'),
  ],
  [
    'half a body',
    `${lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 100')}{"email":`,
  ],
  [
    'chunks that never end',
    `${lines('POST /api/v1/auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Transfer-Encoding: chunked')}5\r\n{"ema\r\n`,
  ],
];

export const slowClients: Area = {
  name: 'slow clients',
  attacks: [
    ...SLOW.map(([what, text]) =>
      attack(what, async (room) => {
        const { baseUrl, nobody } = await room.strict();
        const port = Number(new URL(baseUrl).port);
        // Ends when the server has had enough; where it never has, the test does not end.
        const many = Promise.all(Array.from({ length: 50 }, () => said(port, text)));
        const { status } = await nobody('GET', '//health/live');
        const statuses = (await many).flatMap(statusesIn);
        if (status !== 200) return `nobody else was answered: ${status}`;
        return statuses.every((one) => [400, 408, 429, 503].includes(one)) ? null : `answered ${[...new Set(statuses)].join()}`;
      }),
    ),
    attack('two hundred connections that say nothing', async (room) => {
      const { baseUrl, nobody } = await room.strict();
      const sockets = Array.from({ length: 200 }, () =>
        connect({ port: Number(new URL(baseUrl).port), host: '127.0.0.1' }).on('error', () => undefined),
      );
      const { status } = await nobody('GET', '//health/live');
      for (const socket of sockets) socket.destroy();
      return status === 200 ? null : `${status}`;
    }),
  ],
};
