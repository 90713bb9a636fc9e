import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { together } from '../infra/event-store/appends.ts';
import { startProgram, type Program } from '../support/program.ts';
import { expectSameAsNew, openScreen, type Screen } from './kill-screen.ts';
import { accountOf, INGREDIENTS, type Account } from './kill-account.ts';
import { below, diceOf, largest, oneOf, rounded, secondsSince, type Dice, type Figures, type Trial } from './trial.ts';

const CLIENTS = 64;
/** Sooner, and those who are turned away would keep the machine from starting what they wait for. */
const AGAIN_MS = 50;
const ITEMS = 8;
const KINDS = ['program', 'postmaster', 'backend'] as const;
type Kind = (typeof KINDS)[number];

/** What clients share: where the program is, and what it has acknowledged. */
type Load = {
  readonly baseUrl: string;
  readonly token: string;
  readonly items: readonly string[];
  readonly hamburgerId: string;
  readonly locationId: string;
  readonly acknowledged: Set<string>;
  over: boolean;
  /** Of requests sent since: when the first of them succeeded. */
  since: { readonly at: number; success: number | null };
};

type Reply = { readonly status: number; readonly text: string };

const post = async ({ baseUrl, token }: Load, method: string, path: string, body: object, key: string): Promise<Reply | null> => {
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
};

const AGAIN = /dependency-unavailable|key-in-flight|too-much-contention|internal-error|shutting-down/;

/** As a terminal does: the same command with the same key until it is answered. */
const done = async (load: Load, method: string, path: string, body: object, key: string): Promise<void> => {
  for (;;) {
    const sentAt = performance.now();
    const reply = await post(load, method, path, body, key);
    if (reply !== null && reply.status < 300) {
      if (sentAt >= load.since.at) load.since.success ??= performance.now();
      load.acknowledged.add(key);
      return;
    }
    if (reply !== null && !AGAIN.test(reply.text)) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    await pause(AGAIN_MS);
  }
};

/** An order with two lines that is cooked (so that stock is used) and leaves the kitchen's screen, and a delivery to a shelf many deliver to. */
const round = async (load: Load, dice: Dice): Promise<void> => {
  const { locationId, hamburgerId, items } = load;
  const orderId = randomUUID();
  await done(load, 'POST', '/orders', { orderId, locationId, orderType: 'takeaway' }, `open/${orderId}`);
  const lines = [1, 2].map((quantity) => ({ lineId: randomUUID(), menuItemId: hamburgerId, quantity }));
  await done(load, 'POST', `/orders/${orderId}/lines`, { lines }, `lines/${orderId}`);
  await done(load, 'POST', `/orders/${orderId}/send`, {}, `send/${orderId}`);
  await done(load, 'POST', `/kitchen/tickets/${orderId}.1/start`, {}, `start/${orderId}`);
  const quantity = { amount: 1 + below(dice, 9), unit: 'kg' };
  await done(load, 'POST', `/stock-items/${oneOf(dice, items)}/receive`, { quantity, reference: orderId }, `receive/${orderId}`);
  // The last ones stay on the screen.
  if (!load.over) await done(load, 'POST', `/kitchen/tickets/${orderId}.1/bump`, {}, `bump/${orderId}`);
};

const loginTo = async ({ baseUrl, owner }: Program): Promise<string> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${baseUrl}/api/v1/auth/login`, { method: 'POST', headers, body: JSON.stringify(owner) });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
};

const openShop = async (program: Program): Promise<Load> => {
  const token = await loginTo(program);
  const { baseUrl } = program;
  const listed = await fetch(`${baseUrl}/api/v1/locations`, { headers: { authorization: `Bearer ${token}` } });
  const { items: locations } = (await listed.json()) as { readonly items: readonly { readonly locationId: string }[] };
  const locationId = locations[0]?.locationId ?? '';
  const items = Array.from({ length: ITEMS }, () => randomUUID());
  const hamburgerId = randomUUID();
  const since = { at: performance.now(), success: null };
  const load: Load = { baseUrl, token, items, hamburgerId, locationId, acknowledged: new Set(), over: false, since };
  const none = { amount: 0, unit: 'kg' };
  const set = (method: string, path: string, body: object): Promise<void> => done(load, method, path, body, randomUUID());
  await set('PUT', `/locations/${locationId}/stations/grill`, { name: 'Grill', warnSeconds: 480, lateSeconds: 720 });
  await set('PUT', `/locations/${locationId}/categories/american`, { name: 'American' });
  for (const [nth, stockItemId] of items.entries()) {
    await set('POST', '/stock-items', { stockItemId, locationId, name: `Item ${nth}`, displayUnit: 'kg', par: none, reorderPoint: none });
  }
  const recipe = items.slice(0, INGREDIENTS).map((stockItemId) => ({ stockItemId, quantity: { amount: 150, unit: 'g' } }));
  const price = { amount: 1295, currency: 'USD' };
  const item = {
    menuItemId: hamburgerId,
    locationId,
    name: 'Hamburger',
    categoryId: 'american',
    stationId: 'grill',
    price,
    prepSeconds: 480,
    recipe,
  };
  await set('POST', '/menu-items', item);
  load.acknowledged.clear();
  return load;
};

const postmasterOf = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

const childrenOf = (parent: number): readonly number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));

/** Nothing to kill while the server is just starting again. */
const killSome = (pids: readonly number[], dice: Dice): boolean => {
  try {
    process.kill(oneOf(dice, pids), 'SIGKILL');
    return true;
  } catch {
    return false;
  }
};

type Run = { program: Program };

/** `seconds`: from the restart to the first success of a request sent after it. `untilLive`: until the screen was live again by itself. */
type Strike = { readonly kind: Kind; readonly seconds: number; readonly untilLive: number };

/** Null where there was nothing to kill. */
const strike = async (kind: Kind, run: Run, load: Load, screen: Screen, dice: Dice): Promise<Strike | null> => {
  const { dataDir, baseUrl } = run.program;
  if (kind === 'program') {
    await run.program.kill();
    load.since = { at: performance.now(), success: null };
    run.program = await startProgram({ dataDir, port: Number(new URL(baseUrl).port) });
  } else {
    const postmaster = postmasterOf(dataDir);
    if (!killSome(kind === 'postmaster' ? [postmaster] : childrenOf(postmaster), dice)) return null;
    load.since = { at: performance.now(), success: null };
  }
  while (load.since.success === null || !screen.isLive()) {
    run.program.requireAlive();
    await pause(5);
  }
  return { kind, seconds: (load.since.success - load.since.at) / 1000, untilLive: secondsSince(load.since.at) };
};

const shuffled = (dice: Dice): readonly Kind[] =>
  KINDS.map((kind) => ({ kind, at: dice() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ kind }) => kind);

const run: Trial['run'] = async (size, { progress }) => {
  const dice = diceOf(1);
  const state: Run = { program: await startProgram() };
  const load = await openShop(state.program);
  const screen = openScreen(load);
  const strikes: Strike[] = [];
  try {
    const clients = together(CLIENTS, async (client) => {
      const own = diceOf(client + 1);
      while (!load.over) await round(load, own);
    });
    const striking = async (): Promise<void> => {
      let order: readonly Kind[] = [];
      while (strikes.length < size) {
        order = order.length === 0 ? shuffled(dice) : order;
        const [kind = 'program', ...rest] = order;
        await pause(100 + below(dice, 900));
        const one = await strike(kind, state, load, screen, dice);
        if (one === null) continue;
        strikes.push(one);
        progress(strikes.length);
        order = rest;
      }
    };
    await Promise.race([striking(), clients]);
    load.over = true;
    await clients;
    await expectSameAsNew(screen, load);
    const account = await accountOf(state.program.dataDir, load.acknowledged);
    const { lost, doubled, torn, gaps, notUsed } = account;
    expect({ lost, doubled, torn, gaps, notUsed }).to.deep.equal({ lost: 0, doubled: 0, torn: 0, gaps: 0, notUsed: 0 });
    const { resumed, snapshots } = screen.figures();
    expect(snapshots, 'times the screen began anew').to.equal(1);
    const longest = rounded(largest(strikes.map(({ untilLive }) => untilLive)));
    return { ...figuresOf(strikes, load, account), 'screen resumed': resumed, 'began anew': 0, 'longest until it was live, s': longest };
  } finally {
    load.over = true;
    screen.close();
    await state.program.kill();
    await rm(state.program.dataDir, { recursive: true, force: true });
  }
};

const figuresOf = (strikes: readonly Strike[], load: Load, { events, lost, doubled, torn, gaps }: Account): Figures => {
  const longest = Object.fromEntries(
    KINDS.map((kind) => [
      `longest to first success after ${kind}, s`,
      rounded(largest(strikes.filter((one) => one.kind === kind).map(({ seconds }) => seconds))),
    ]),
  );
  const late = strikes.filter(({ seconds }) => seconds > 3).length;
  return {
    kills: strikes.length,
    acknowledged: load.acknowledged.size,
    events,
    lost,
    doubled,
    torn,
    gaps,
    ...longest,
    'later than 3 s': late,
  };
};

/** kill -9 of the program, of PostgreSQL and of one of its processes, at random moments, under load over HTTP. */
export const kill: Trial = { name: 'kill', unit: 'kills', short: 4, long: 200, run };
