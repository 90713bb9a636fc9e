import { randomUUID } from 'node:crypto';
import { connect, type Api } from '../src/client/api.ts';
import { enterLive } from '../test/support/live-client.ts';
import { say, type Measured, type Row } from './report.ts';
import { startAllInOne, startFleet, type Fleet } from './support/fleet.ts';
import { withServer } from './support/server.ts';
import { timingOf } from './support/timing.ts';

/** From sending the change that takes a right away to the first request that is refused and to the live stream's end. */
const CHANGES = 50;
const PROMISED_MS = 1000;

type Person = { readonly id: string; readonly token: string };
type Gone = { readonly request: number; readonly stream: number };

const PASSWORD = 'seven purple herons wade';

const hire = async (owner: Api, url: string): Promise<Person> => {
  const email = `${randomUUID()}@example.com`;
  const account = { email, password: PASSWORD, full_name: 'Ada', roles: ['manager'], locationIds: null };
  const { id } = await owner.send<{ readonly id: string }>('POST', 'users', account, randomUUID());
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  return { id, token };
};

const asked = (url: string, { token }: Person, path: string, method = 'GET'): Promise<Response> =>
  fetch(`${url}/api/v1/${path}`, { method, headers: { authorization: `Bearer ${token}` } });

const until = async (url: string, person: Person, wanted: (status: number) => boolean): Promise<number> => {
  for (;;) {
    const { status } = await asked(url, person, 'jobs');
    if (wanted(status)) return performance.now();
  }
};

/** Takes it away at one process and looks at another, or the same; and gives it back. */
const taken = async (owner: Api, url: string, person: Person, locationId: string, change: object): Promise<Gone> => {
  await until(url, person, (status) => status === 200);
  const { ticket } = (await (await asked(url, person, 'live/tickets', 'POST')).json()) as { readonly ticket: string };
  const screen = await enterLive(url, ticket);
  screen.send({ type: 'subscribe', id: 'tables', topic: 'tables', locationId });
  await screen.next('snapshot');
  const started = performance.now();
  const changed = owner.send('PUT', `users/${person.id}`, change, randomUUID());
  const [request, stream] = await Promise.all([
    until(url, person, (status) => status === 401 || status === 403),
    screen.closed.then(() => performance.now()),
  ]);
  await changed;
  await owner.send('PUT', `users/${person.id}`, { roles: ['manager'], disabled: false }, randomUUID());
  return { request: request - started, stream: stream - started };
};

const inFleet = async (at: string, fleet: Fleet): Promise<{ readonly rows: readonly Row[]; readonly late: number }> => {
  say(`rights taken away ${at}`);
  const url = fleet.live.baseUrl;
  const owner = await connect({ url: fleet.api.baseUrl, ...fleet.api.owner });
  const { items } = await owner.get<{ readonly items: readonly { readonly locationId: string }[] }>('locations');
  const person = await hire(owner, fleet.api.baseUrl);
  const gone: Gone[] = [];
  for (let n = 0; n < CHANGES; n++)
    gone.push(await taken(owner, url, person, items[0]?.locationId ?? '', n % 2 === 0 ? { roles: [] } : { disabled: true }));
  const row = (what: string, of: (one: Gone) => number): Row => ({ what, at, perSecond: null, ...timingOf(gone.map(of)) });
  const late = gone.filter(({ request, stream }) => Math.max(request, stream) > PROMISED_MS).length;
  return { rows: [row('first refused request', ({ request }) => request), row('live stream ended', ({ stream }) => stream)], late };
};

export const rightsTakenAway = (): Promise<Measured> =>
  withServer({ durable: true }, async (server) => {
    const rows: Row[] = [];
    let late = 0;
    for (const [at, name, start] of [
      ['at the process that made the change', 'one', startAllInOne],
      ['at another process on its database', 'fleet', startFleet],
    ] as const) {
      const fleet = await start(await server.database(name));
      try {
        const measured = await inFleet(at, fleet);
        rows.push(...measured.rows);
        late += measured.late;
      } finally {
        await fleet.stop();
      }
    }
    const notes = [
      `${CHANGES} changes each, of roles and of disabling by turns, timed from when they were sent; later than a second: ${late}.`,
      server.settings,
    ];
    return { rows, notes };
  });
