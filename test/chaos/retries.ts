import { randomUUID } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { Pool } from 'pg';
import { together } from '../infra/event-store/appends.ts';
import { log } from '../infra/projections/read-models.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { PASSWORD } from '../support/identity.ts';
import { openedStore } from '../support/opened-store.ts';
import { expectReadModelsEqualFold } from '../support/oracle.ts';
import { testServer, type TestServer } from '../support/server.ts';
import { below, diceOf, secondsSince, type Dice, type Trial } from './trial.ts';

const WRITERS = 64;
const ITEMS = 8;
const TWICE = 0.3;
const CUT_OFF = 0.1;
const AT_ONCE = 50;

type Sent = { readonly status: number; readonly answer: string };
type Command = { readonly path: string; readonly key: string; readonly body: object };
type Send = (command: Command, cutAfterMs?: number) => Promise<Sent | null>;

/** Answers as bytes, with the headers that belong to them; null where the connection ended before. */
const sender = (baseUrl: string, token: string): { readonly send: Send; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * WRITERS });
  const send: Send = ({ path, key, body }, cutAfterMs) =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key };
      const call = request(`${baseUrl}/api/v1${path}`, { method: 'POST', headers, agent: cutAfterMs === undefined ? agent : false });
      call.on('error', () => resolve(null));
      call.on('response', (message: IncomingMessage) => {
        let text = '';
        message.setEncoding('utf8');
        message.on('data', (chunk: string) => (text += chunk));
        message.on('error', () => resolve(null));
        message.on('end', () => {
          const { etag, 'log-position': position } = message.headers as { readonly [name: string]: string };
          resolve({ status: message.statusCode ?? 0, answer: `${etag} ${String(position)} ${text}` });
        });
      });
      call.end(JSON.stringify(body), () => {
        if (cutAfterMs !== undefined) setTimeout(() => call.destroy(), cutAfterMs);
      });
    });
  return { send, close: () => agent.destroy() };
};

type Tally = { commands: number; twice: number; cut: number; inFlight: number; unlike: number };

/** With the same key until there is an answer: a key in flight is not one, nor is too much contention. */
const answered = async (send: Send, command: Command, tally: Tally): Promise<Sent> => {
  for (;;) {
    const sent = await send(command);
    if (sent !== null && sent.status < 400) return sent;
    if (sent?.answer.includes('key-in-flight') === true) tally.inFlight++;
    else throw new Error(`${command.path}: ${JSON.stringify(sent)}`);
  }
};

const sendSomehow = async (send: Send, command: Command, dice: Dice, tally: Tally): Promise<Sent> => {
  if (dice() < CUT_OFF) {
    tally.cut++;
    await send(command, below(dice, 8));
  }
  if (dice() >= TWICE) return answered(send, command, tally);
  tally.twice++;
  const both = dice() < 0.5;
  const first = answered(send, command, tally);
  if (!both) await first;
  const [one, other] = await Promise.all([first, answered(send, command, tally)]);
  if (one.answer !== other.answer || one.status !== other.status) tally.unlike++;
  return one;
};

const openItems = async ({ owner, locationId }: TestServer): Promise<readonly string[]> => {
  const items = Array.from({ length: ITEMS }, () => randomUUID());
  const none = { amount: 0, unit: 'kg' };
  for (const [nth, stockItemId] of items.entries()) {
    const body = { stockItemId, locationId, name: `Item ${nth}`, displayUnit: 'kg', par: none, reorderPoint: none };
    expect((await owner('POST', '/stock-items', { body })).status).to.equal(201);
  }
  return items;
};

const commandOf = (dice: Dice, items: readonly string[], locationId: string): Command => {
  const key = randomUUID();
  const item = items[below(dice, items.length)];
  if (dice() < 0.5) return { path: '/orders', key, body: { orderId: key, locationId, orderType: 'takeaway' } };
  return { path: `/stock-items/${item}/receive`, key, body: { quantity: { amount: 1, unit: 'kg' }, reference: key } };
};

/** How often each key had its effect. */
const EFFECTS = `select data ->> case type when 'OrderOpened' then 'orderId' else 'reference' end as key, count(*)::int as effects
  from public.events where type in ('OrderOpened', 'StockItemReceived') group by 1`;

const run: Trial['run'] = async (size, { progress }) => {
  const server = await testServer();
  const login = await server.nobody<{ readonly access_token: string }>('POST', '/auth/login', {
    body: { email: 'owner@example.com', password: PASSWORD },
  });
  const { send, close } = sender(server.baseUrl, login.body.access_token);
  const pool = new Pool({ connectionString: server.databaseUrl, max: 2 });
  try {
    const items = await openItems(server);
    const tally: Tally = { commands: 0, twice: 0, cut: 0, inFlight: 0, unlike: 0 };
    const keys = new Set<string>();
    const begun = performance.now();
    await together(WRITERS, async (writer) => {
      const dice = diceOf(writer);
      while (tally.commands < size) {
        tally.commands++;
        progress(tally.commands);
        const command = commandOf(dice, items, server.locationId);
        keys.add(command.key);
        await sendSomehow(send, command, dice, tally);
      }
    });
    const seconds = secondsSince(begun);

    const crowd = commandOf(() => 0.9, items, server.locationId);
    keys.add(crowd.key);
    const crowded = await together(AT_ONCE, () => answered(send, crowd, tally));
    expect(new Set(crowded.map(({ answer }) => answer)).size, 'answers to one key').to.equal(1);
    const other = await send({ ...crowd, body: { ...crowd.body, quantity: { amount: 2, unit: 'kg' } } });
    expect(other).to.have.property('status', 422);

    const { rows } = await pool.query<{ readonly key: string; readonly effects: number }>(EFFECTS);
    const there = new Set(rows.map(({ key }) => key));
    const lost = [...keys].filter((key) => !there.has(key)).length;
    const doubled = rows.filter(({ effects }) => effects > 1).length;
    expect({ lost, doubled, unlike: tally.unlike, effects: rows.length }).to.deep.equal({
      lost: 0,
      doubled: 0,
      unlike: 0,
      effects: keys.size,
    });
    await expectTablesEqual(server);
    const { commands, twice, cut, inFlight, unlike } = tally;
    const rate = Math.round(commands / seconds);
    return {
      commands,
      'sent twice': twice,
      'cut off': cut,
      'told “in flight”': inFlight,
      lost,
      doubled,
      'answers unlike': unlike,
      'commands/s': rate,
    };
  } finally {
    close();
    await pool.end();
    await server.close();
  }
};

const expectTablesEqual = async ({ databaseUrl, folder, owner }: TestServer): Promise<void> => {
  const pool = openPool(databaseUrl, { name: 'oracle', max: 2, log });
  const store = await openedStore({ pool, url: databaseUrl, folder });
  try {
    const head = await store.head();
    for (const path of ['/orders?limit=1', '/stock-items', '/tables']) {
      expect((await owner('GET', path, { headers: { 'min-position': String(head) } })).status).to.equal(200);
    }
    await expectReadModelsEqualFold(store, pool);
  } finally {
    await store.close();
    await pool.end();
  }
};

/** Commands sent twice, cut off between commit and answer, and many at once with one key. */
export const retries: Trial = { name: 'retries', unit: 'commands', short: 500, long: 100_000, run };
