import { randomUUID } from 'node:crypto';
import { passwordsAtStart } from '../../src/infra/identity/passwords.ts';
import { PASSWORD } from '../support/identity.ts';
import type { Caller, TestServer } from '../support/server.ts';
import { attack, unlessRefused, type Area, type Attack } from './attack.ts';
import type { Room } from './room.ts';

type Words = { readonly status: number; readonly code: unknown; readonly detail: unknown; readonly headers: string };
const tried = async (caller: Caller, email: string, password: string): Promise<Words> => {
  const { status, body, headers } = await caller<{ readonly code: unknown; readonly detail: unknown }>('POST', '/auth/login', {
    body: { email, password },
  });
  const names = [...headers.keys()].filter((name) => !['date', 'x-correlation-id'].includes(name)).toSorted();
  return { status, code: body.code, detail: body.detail, headers: names.join() };
};

/** How unknown addresses are written. */
const UNKNOWN = [
  () => `${randomUUID()}@nowhere.test`,
  () => 'nobody',
  () => `${'x'.repeat(300)}@b.test`,
  () => "' or true --",
  () => 'ä@ö.test',
  () => 'admin',
  () => 'root@localhost',
];
const byText = UNKNOWN.map((unknown) =>
  attack(`telling ${unknown().slice(0, 12)}… from a known address by what is said`, async (room) => {
    const { email } = await room.cook();
    const [known, none] = [
      await tried(room.server.nobody, email, 'a wrong password'),
      await tried(room.server.nobody, unknown(), 'a wrong password'),
    ];
    return JSON.stringify(known) === JSON.stringify(none) ? null : `${JSON.stringify(known)} and ${JSON.stringify(none)}`;
  }),
);

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await run();
  return performance.now() - started;
};

/** A wrong password costs a hash of many milliseconds; without one an answer comes several times sooner. */
const byTime = attack('telling unknown addresses from known ones by the time it takes', async (room) => {
  const known: number[] = [];
  const none: number[] = [];
  for (let n = 0; n < 9; n++) {
    const { email } = await room.cook();
    known.push(await timed(() => tried(room.server.nobody, email, 'a wrong password')));
    none.push(await timed(() => tried(room.server.nobody, `${randomUUID()}@nowhere.test`, 'a wrong password')));
  }
  const ratio = median(known) / median(none);
  return ratio < 3 && ratio > 1 / 3 ? null : `known take ${ratio.toFixed(1)} times as long`;
});

const things = ['orders', 'stock-items'].map((kind) =>
  attack(`telling others' ${kind} from those that are not`, async (room) => {
    const caller = await room.attacker('manager');
    const id = kind === 'orders' ? room.victims.ids['orderId'] : room.victims.ids['stockItemId'];
    const words = async (one: string): Promise<string> => JSON.stringify((await caller('GET', `/${kind}/${one}`)).body).replaceAll(one, '');
    const [theirs, none] = [await words(id ?? ''), await words(randomUUID())];
    return theirs === none ? null : `${theirs} and ${none}`;
  }),
);

const guessing: readonly Attack[] = [
  attack('twenty passwords for one account, and then the right one', async (room) => {
    const { email } = await room.cook();
    for (let n = 0; n < 20; n++) await tried(room.server.nobody, email, `guess ${n}`);
    const { status } = await tried(room.server.nobody, email, PASSWORD);
    return status === 200 ? 'logged in' : null;
  }),
  attack('twenty passwords at once', async (room) => {
    const { email } = await room.cook();
    await Promise.all(Array.from({ length: 20 }, (_, n) => tried(room.server.nobody, email, `guess ${n}`)));
    const { status } = await tried(room.server.nobody, email, PASSWORD);
    return status === 200 ? 'logged in' : null;
  }),
  ...[(email: string) => email.toUpperCase(), (email: string) => ` ${email} `, (email: string) => `${email}\t`].map((written) =>
    attack(`more guesses by writing the address as ${JSON.stringify(written('A@b'))}`, async (room) => {
      const { email } = await room.cook();
      for (let n = 0; n < 20; n++) await tried(room.server.nobody, n % 2 === 0 ? email : written(email), `guess ${n}`);
      const { status } = await tried(room.server.nobody, written(email), PASSWORD);
      return status === 200 ? 'logged in' : null;
    }),
  ),
  ...[PASSWORD.slice(0, -1), `${PASSWORD} `, PASSWORD.toUpperCase(), `${PASSWORD}\u0301`, 'x'.repeat(1024)].map((password) =>
    attack(`the password nearly right: ${password.slice(0, 30)}`, async (room) => {
      const { email } = await room.cook();
      return unlessRefused(await room.server.nobody('POST', '/auth/login', { body: { email, password } }), 401);
    }),
  ),
];

/** Before the proxy that is trusted, whatever a client writes itself. */
const spray = async ({ nobody }: TestServer, forwarded: (n: number) => string): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (let n = 0; n < 80; n++) {
    const { status } = await nobody('POST', '/auth/refresh', {
      headers: { 'x-forwarded-for': forwarded(n) },
      body: { refresh_token: 'A'.repeat(64) },
    });
    statuses.push(status);
  }
  return statuses;
};
const FORGERIES: readonly (readonly [what: string, forwarded: (n: number) => string])[] = [
  ['as it is', () => '192.0.2.1'],
  ['another address before', (n) => `198.51.100.${n}, 192.0.2.2`],
  ['many before', (n) => `${Array.from({ length: 50 }, (_, m) => `198.51.${n}.${m}`).join(', ')}, 192.0.2.3`],
  ['nonsense before', (n) => `nonsense ${n}, 192.0.2.4`],
  ['addresses of one IPv6 network', (n) => `2001:db8:1:1::${n.toString(16)}`],
  ['an IPv4 address written as IPv6 by turns', (n) => (n % 2 === 0 ? '192.0.2.6' : '::ffff:192.0.2.6')],
];
const spraying = FORGERIES.map(([what, forwarded]) =>
  attack(`spraying from one address with X-Forwarded-For: ${what}`, async (room) => {
    const statuses = await spray(await room.sprayed(), forwarded);
    const through = statuses.filter((status) => status !== 429).length;
    return through <= 60 + 20 && statuses.includes(429) ? null : `${through} of ${statuses.length} came through`;
  }),
);
const unbelieved = attack('spraying with X-Forwarded-For where no proxy is trusted', async (room) => {
  const statuses = await spray(await room.unproxied(), (n) => `198.51.100.${n}`);
  return statuses.includes(429) ? null : 'all came through';
});

/** One password for very many people, slowly: no account is locked, the address is. */
const oneForAll = (what: string, forwarded: (n: number) => string, password: string) =>
  attack(`one password for a hundred and thirty people, ${what}`, async (room) => {
    const { nobody } = await room.unlimited();
    const judged: number[] = [];
    for (let n = 0; n < 130; n++) {
      const body = { email: `${randomUUID()}@nowhere.test`, password };
      const { status } = await nobody('POST', '/auth/login', { headers: { 'x-forwarded-for': forwarded(n) }, body });
      if (status !== 429) judged.push(status);
    }
    return judged.length <= 100 ? null : `${judged.length} were judged`;
  });
const stuffing: readonly Attack[] = [
  oneForAll('from one address', () => '192.0.2.20', 'Summer2024!!'),
  oneForAll('from one address that names others before it', (n) => `198.51.100.${n}, 192.0.2.21`, 'Summer2024!!'),
  oneForAll('from one IPv6 network', (n) => `2001:db8:2:2:${n.toString(16)}::1`, 'Summer2024!!'),
];

/** Ways to write one address that the routes take for the same. */
const SPELLINGS = [
  '/auth/refresh/',
  '/AUTH/refresh',
  '/auth/Refresh',
  '/%61uth/refresh',
  '/auth/refres%68/',
  '/auth/refresh?x=1',
  '//api/v1/auth//refresh',
  '//API/V1/auth/refresh',
  '//api/%761/auth/refresh',
];
const respelled = SPELLINGS.map((path) =>
  attack(`more tries than one may by writing the address as ${path}`, async (room) => {
    const { nobody } = await room.unproxied();
    const statuses: number[] = [];
    for (let n = 0; n < 140; n++) {
      const { status } = await nobody('POST', path, { body: { refresh_token: 'A'.repeat(64) } });
      if (status !== 404) statuses.push(status);
    }
    const through = statuses.filter((status) => status !== 429).length;
    return through <= 60 + 20 ? null : `${through} came through`;
  }),
);

const flood = attack('a hundred and fifty passwords to hash at once, while somebody cooks', async (room: Room) => {
  const email = `${randomUUID()}@nowhere.test`;
  const logins = Array.from({ length: 150 }, () => tried(room.server.nobody, email, 'x'.repeat(1000)));
  const meanwhile = await room.server.owner('GET', '/menu');
  const statuses = (await Promise.all(logins)).map(({ status }) => status);
  if (meanwhile.status !== 200) return `the menu: ${meanwhile.status}`;
  const odd = statuses.filter((status) => ![401, 429, 503].includes(status));
  return odd.length === 0 && statuses.some((status) => status === 503 || status === 429)
    ? null
    : `answered ${[...new Set(statuses)].join()}`;
});

const hashCost = attack('a password hash that is cheap to guess', async () => {
  const hash = await passwordsAtStart.hash('x');
  const parameter = (name: string): number => Number(new RegExp(`[$,]${name}=(\\d+)`).exec(hash)?.[1] ?? 0);
  const [memory, passes] = [parameter('m'), parameter('t')];
  return hash.startsWith('$argon2id$') && memory >= 19 * 1024 && passes >= 2 ? null : hash;
});

export const passwordGuessing: Area = {
  name: 'guessed, sprayed and enumerated logins',
  attacks: [...byText, byTime, ...things, ...guessing, ...spraying, unbelieved, ...respelled, ...stuffing, flood, hashCost],
};
