import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { Client } from 'pg';
import { v7 } from 'uuid';
import { DependencyDown, type Appended, type EventStore } from '../../src/commands/ports.ts';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { committed } from '../../src/infra/projections/committed.ts';
import { liveFeed } from '../../src/infra/projections/feed.ts';
import { projectionPositions } from '../../src/infra/projections/positions.ts';
import { openMetrics, type Metrics } from '../../src/infra/telemetry/metrics.ts';
import { closingStack, type Closing } from '../../src/main/closing.ts';
import { startProjecting } from '../../src/main/projecting.ts';
import { projections } from '../../src/projections/all.ts';
import { happen, someEvening } from '../infra/projections/evening.ts';
import { appendOf, note, receiptFor } from '../infra/event-store/appends.ts';
import { log } from '../infra/projections/read-models.ts';
import { eventually } from '../support/eventually.ts';
import { canonicalEvents, locationId } from '../support/canonical-events.ts';
import { expectReadModelsEqualFold } from '../support/oracle.ts';
import { serverUrl, testDatabase } from '../support/postgres.ts';
import { fickleProxy, type FickleProxy } from './fickle-proxy.ts';
import { largest, rounded, secondsSince, type Trial } from './trial.ts';
import { openWitness, type Witness } from './witness.ts';

/** No stall is longer, counted from when connections could be had again. */
const MOST_SECONDS = 2;
/** Under what the witness waits: he saw it come to an end. */
const ANY_SECONDS = 29;
const AWAY_MS = 2_500;
const WATCH_MS = 1_500;
const EVERY_MS = 10;

type Scene = { readonly url: string; readonly owner: Client; readonly proxy: FickleProxy; readonly metrics: Metrics };
/** Answers what undoes it later. */
type Disturbance = (scene: Scene) => Promise<() => Promise<void>>;

const FURTHEST_BEHIND = 'select min(position)::int as position from public.projection_checkpoints where not building';

const nothing = async (): Promise<void> => undefined;

const idleTransaction = async (url: string, statement: string): Promise<() => Promise<void>> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; ${statement}`);
  return () => client.end();
};

const terminated =
  (name: string): Disturbance =>
  async ({ owner }) => {
    const text = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()';
    const { rowCount } = await owner.query(text, [name]);
    expect(rowCount, `sessions of ${name}`).to.be.greaterThan(0);
    return nothing;
  };

const silenced =
  (words: string): Disturbance =>
  async ({ proxy }) => {
    expect(proxy.silence(words), `connections of “${words}”`).to.be.greaterThan(0);
    return nothing;
  };

const lagIn = async (metrics: Metrics): Promise<number> =>
  largest([...(await metrics.text()).matchAll(/^projection_lag_events\{.*\} (\d+)$/gm)].map(([, events]) => Number(events)));

const secondsIn = async (metrics: Metrics): Promise<number> => Number(/^projection_lag_seconds (\S+)$/m.exec(await metrics.text())?.[1]);

const disturbances: { readonly [name: string]: Disturbance } = {
  'idle transaction': ({ url }) => idleTransaction(url, 'select pg_current_xact_id()'),
  'idle transaction elsewhere': () => idleTransaction(serverUrl(), 'select pg_current_xact_id()'),
  'projector killed': terminated('brigade projector'),
  'listeners killed': terminated('brigade listener'),
  'notices lost': silenced('brigade listener'),
  'projector half open': silenced('brigade projector'),
  'pool half open': silenced('brigade chaos'),
  'all half open': silenced('brigade'),
  'server away': async ({ proxy }) => {
    proxy.shut();
    await pause(AWAY_MS);
    proxy.admit();
    return nothing;
  },
  'tables locked': async ({ url, metrics }) => {
    const release = await idleTransaction(url, 'select from public.projection_checkpoints for update');
    const before = await lagIn(metrics);
    await pause(AWAY_MS);
    expect(await lagIn(metrics), 'projection_lag_events').to.be.greaterThan(before + 50);
    expect(await secondsIn(metrics), 'projection_lag_seconds').to.be.greaterThan(AWAY_MS / 1000 - 2);
    await release();
    return nothing;
  },
};

/** Something of an evening and a new table, which every screen of tables is told of, one after another until told to stop. */
const writing = async (store: EventStore, appended: (position: number) => void, over: () => boolean): Promise<void> => {
  for (let seed = 1; !over(); seed++) {
    const tableId = v7();
    const table = {
      stream: `Table-${tableId}`,
      locationId,
      events: [{ type: 'TableDefined', data: { ...canonicalEvents.TableDefined.data, tableId } }],
    };
    appended(await happen(store, [...someEvening(6, seed), table]));
    await pause(EVERY_MS);
  }
};

type Feed = Awaited<ReturnType<typeof liveFeed>>;

/** Reads where the feed is whenever it hints, as the hub of the screens does. */
const readOnHints = (feed: Feed, shownTo: (position: number) => void): void => {
  let [reading, again] = [false, false];
  const read = async (): Promise<void> => {
    again = reading;
    if (reading) return;
    reading = true;
    await feed.position().then(shownTo, () => undefined);
    reading = false;
    if (again) await read();
  };
  feed.onHint(() => void read());
};

/** One who appends through the program, and tries again until he is told that it is written. */
type Writer = {
  readonly begin: () => void;
  /** Seconds that the longest append took, until it was acknowledged. */
  readonly longest: () => number;
  /** Ends, and answers how many were acknowledged. */
  readonly stop: () => Promise<number>;
};

const DIARY = 'Order-diary';

const openWriter = (store: EventStore): Writer => {
  const over = new AbortController();
  let longest = 0;
  let begun = performance.now();
  const write = async (): Promise<number> => {
    let revision = 0;
    for (; !over.signal.aborted; await pause(EVERY_MS)) {
      const sent = performance.now();
      const append = appendOf(DIARY, revision, { events: [note(revision)], receipt: receiptFor(`diary-${revision}`) });
      let outcome: Appended | null = null;
      while (outcome === null) outcome = await store.append(append).catch(unlessDown);
      if (outcome.kind === 'conflict') throw new Error(`Somebody else wrote to ${DIARY}`);
      longest = Math.max(longest, secondsSince(Math.max(sent, begun)));
      revision++;
    }
    return revision;
  };
  const written = write();
  return {
    begin: () => {
      begun = performance.now();
      longest = 0;
    },
    longest: () => longest,
    stop: () => {
      over.abort();
      return written;
    },
  };
};

const unlessDown = async (error: unknown): Promise<null> => {
  if (!(error instanceof DependencyDown)) throw error;
  await pause(EVERY_MS);
  return null;
};

type Stall = { readonly tables: number; readonly screens: number; readonly appends: number };

const tried = async (name: string, disturb: Disturbance, scene: Scene, witness: Witness, writer: Writer, most: number): Promise<Stall> => {
  const undo = await disturb(scene);
  witness.begin();
  writer.begin();
  await pause(WATCH_MS);
  await witness.current();
  await undo();
  const stall = { ...witness.longest(), appends: writer.longest() };
  expect(stall.appends, `seconds that an append took after: ${name}`).to.be.lessThan(most);
  expect(stall.tables, `seconds that read models stood still after: ${name}`).to.be.lessThan(most);
  expect(stall.screens, `seconds that screens stood still after: ${name}`).to.be.lessThan(most);
  return stall;
};

/** The program's parts reach the database through a proxy; who makes happen what they show, and who watches, do not. Answers its log. */
const openProgram = async (url: string, closing: Closing, metrics: Metrics, witness: Witness): Promise<EventStore> => {
  const pool = openPool(url, { name: 'chaos', max: 5, log });
  closing.add('pool', () => pool.end());
  const store = postgresEventStore({ pool, url, log });
  closing.add('store', store.close);
  const positions = await projectionPositions({ pool, url, log });
  closing.add('positions', positions.close);
  const told = committed();
  startProjecting(
    { closing, ownerUrl: url, pool, store, projections, committed: told, forget: async () => undefined, log, metrics },
    positions,
  );
  const feed = await liveFeed({ pool, url, projections, head: store.head, committed: told, log });
  closing.add('feed', feed.close);
  readOnHints(feed, witness.shownTo);
  return store;
};

const run: Trial['run'] = async (size, { alone, progress }) => {
  const database = await testDatabase();
  const closing = closingStack(log);
  closing.add('database', database.close);
  const pool = openPool(database.url, { name: 'witness', max: 5, log });
  closing.add('pool', () => pool.end());
  const store = postgresEventStore({ pool, url: database.url, log });
  closing.add('store', store.close);
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  closing.add('owner', () => owner.end());
  const proxy = await fickleProxy(database.url);
  closing.add('proxy', proxy.close);
  const witness = openWitness(pool);
  closing.add('witness', witness.stop);
  const metrics = openMetrics();
  let over = false;
  try {
    const writer = openWriter(await openProgram(proxy.url, closing, metrics, witness));
    const written = writing(store, witness.appended, () => over);
    await pause(WATCH_MS);
    await witness.current();
    const scene: Scene = { url: database.url, owner, proxy, metrics };
    const stalls = new Map<string, Stall[]>();
    for (let nth = 0; nth < size; nth++) {
      progress(nth);
      for (const [name, disturb] of Object.entries(disturbances)) {
        stalls.set(name, [
          ...(stalls.get(name) ?? []),
          await tried(name, disturb, scene, witness, writer, alone ? MOST_SECONDS : ANY_SECONDS),
        ]);
      }
    }
    over = true;
    const acknowledged = await writer.stop();
    await written;
    await witness.current();
    const diary = await store.readStream(DIARY);
    expect(
      diary.map(({ data }) => (data as { readonly text: number }).text),
      'what was acknowledged',
    ).to.deep.equal(Array.from({ length: acknowledged }, (_, nth) => nth));
    const head = await store.head();
    await eventually(
      async () => (await pool.query<{ position: number }>(FURTHEST_BEHIND)).rows[0]?.position,
      (position) => position === head,
    );
    await expectReadModelsEqualFold(store, pool);
    const most = (these: readonly Stall[], what: keyof Stall): number => rounded(largest(these.map((stall) => stall[what])));
    const longest = (these: readonly Stall[]): string => `${most(these, 'tables')} / ${most(these, 'screens')} / ${most(these, 'appends')}`;
    return {
      ...Object.fromEntries([...stalls].map(([name, these]) => [`after ${name}, s (tables / screens / appends)`, longest(these)])),
      'appends acknowledged, lost, doubled': `${acknowledged}, 0, 0`,
    };
  } finally {
    over = true;
    await closing.closeAll();
  }
};

/** Transactions left open, sessions killed, notices lost, connections gone silent, the server away. */
export const trouble: Trial = { name: 'trouble', unit: 'rounds', short: 1, long: 20, run };
