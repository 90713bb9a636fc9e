import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { connect, type Api, type Login } from '../src/client/api.ts';
import type { ServerMessage } from '../src/http/live/protocol.ts';
import { enterLive } from '../test/support/live-client.ts';
import { removeProgram, startProgram } from '../test/support/program.ts';
import type { BareTask } from './support/bare-ws.ts';
import { ratio, say, told, type Measured, type Row } from './report.ts';
import { quietDisk } from './support/quiet-disk.ts';
import { timingOf } from './support/timing.ts';

/** From an event's recorded time to each display's having its frame, beside a server that only sends the same bytes to as many. */
const DISPLAYS = [200, 1000];
const EVERY_MS = 100;
/** Not counted, here and there: screens have only just come, and nothing of it was done before. */
const WARMUP_EVENTS = 10;
const TOGETHER = 20;

type Seen = { readonly position: number; readonly at: number };
type Event = { readonly position: number; readonly recordedAt: string };

const now = (): number => performance.timeOrigin + performance.now();

const inGroups = async <T>(count: number, make: () => Promise<T>): Promise<readonly T[]> => {
  const made: T[] = [];
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: Math.min(TOGETHER, count - made.length) }, make))));
  return made;
};

/** Seats and releases one table over and over; answers when each of its events was recorded. */
const seatings = async (api: Api, tableId: string, seconds: number): Promise<readonly Event[]> => {
  for (let nth = 0; (nth - WARMUP_EVENTS) * EVERY_MS < seconds * 1000; nth++) {
    const [path, body] = nth % 2 === 0 ? ['seat', { covers: 2 }] : ['release', {}];
    await Promise.all([api.send('POST', `tables/${tableId}/${path}`, body, randomUUID()), pause(EVERY_MS)]);
  }
  const events: Event[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page: { items: readonly Event[]; next: number | null } = await api.get(
      `audit/events?stream=Table-${tableId}&limit=100&after=${after}`,
    );
    events.push(...page.items);
    after = page.next;
  }
  return events.slice(1 + WARMUP_EVENTS);
};

const lateness = (events: readonly Event[], displays: readonly (readonly Seen[])[]): readonly number[] =>
  displays.flatMap((seen) =>
    events.map(({ position, recordedAt }) => {
      const frame = seen.find((one) => one.position >= position);
      if (frame === undefined) throw new Error(`A display was never sent the event at position ${position}`);
      return frame.at - Date.parse(recordedAt);
    }),
  );

const toDisplays = async (login: Login, count: number, seconds: number): Promise<Row> => {
  const api = await connect(login);
  const { items } = await api.get<{ readonly items: readonly { readonly locationId: string }[] }>('locations');
  const locationId = items[0]?.locationId ?? '';
  const tableId = randomUUID();
  await api.send('POST', 'tables', { tableId, locationId, name: `bench ${tableId.slice(0, 8)}`, seats: 2 }, randomUUID());
  const displays = await inGroups(count, async () => {
    const { ticket } = await api.send<{ readonly ticket: string }>('POST', 'live/tickets', {}, randomUUID());
    const client = await enterLive(login.url, ticket);
    client.send({ type: 'subscribe', id: 'tables', topic: 'tables', locationId });
    await client.next('snapshot');
    const seen: Seen[] = [];
    // From here on nothing is kept of a frame, as with the bare server's: what a client keeps, its own collector has to look at.
    client.socket.removeAllListeners('message').on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as ServerMessage;
      if (frame.type === 'changes') seen.push({ position: frame.position, at: now() });
    });
    return { client, seen };
  });
  quietDisk();
  const events = await seatings(api, tableId, seconds);
  await Promise.all(displays.map(({ client }) => client.leave()));
  const times = lateness(
    events,
    displays.map(({ seen }) => seen),
  );
  return { what: 'event recorded to display', at: `${count} displays`, perSecond: null, ...timingOf(times) };
};

const bareSending = async (count: number, seconds: number): Promise<Row> => {
  const child = fork(join(import.meta.dirname, 'support', 'bare-ws.ts'));
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  const times: number[] = [];
  const sockets = await inGroups(count, async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, 'open');
    let heard = 0;
    socket.on('message', (data) => {
      const late = now() - (JSON.parse((data as Buffer).toString()) as { readonly at: number }).at;
      if (++heard > WARMUP_EVENTS) times.push(late);
    });
    return socket;
  });
  child.send({ everyMs: EVERY_MS } satisfies BareTask);
  await pause(seconds * 1000 + WARMUP_EVENTS * EVERY_MS);
  child.disconnect();
  for (const socket of sockets) socket.terminate();
  return { what: 'bare ws, the same bytes', at: `${count} displays`, perSecond: null, ...timingOf(times) };
};

/** `login`: of a server that runs already; left out: one is started, with a durable database of its own. */
export const eventToDisplay = async ({ seconds }: { readonly seconds: number }, login?: Login): Promise<Measured> => {
  const program = login === undefined ? await startProgram() : null;
  const server = login ?? { url: program?.baseUrl ?? '', email: program?.owner.email ?? '', password: program?.owner.password ?? '' };
  try {
    const rows: Row[] = [];
    for (const count of DISPLAYS) {
      say(`live, ${count} displays`);
      const bare = await bareSending(count, seconds);
      const ours = await toDisplays(server, count, seconds);
      rows.push(bare, { ...ours, beside: { 'bare ws’s p99': ratio(ours.p99Ms ?? Number.NaN, bare.p99Ms ?? Number.NaN) } });
    }
    return { rows, notes: [] };
  } finally {
    if (program !== null) await removeProgram(program);
  }
};

if (import.meta.main) {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({ options: { url: option, email: option, password: option, seconds: { ...option, default: '10' } } });
  const { url, email = process.env['BRIGADE_EMAIL'] ?? '', password = process.env['BRIGADE_PASSWORD'] ?? '', seconds } = values;
  console.log(told(await eventToDisplay({ seconds: Number(seconds) }, url === undefined ? undefined : { url, email, password })));
}
