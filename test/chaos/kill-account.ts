import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { START, type EventStore, type LogEvent } from '../../src/commands/ports.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { log } from '../infra/projections/read-models.ts';
import { openedStore } from '../support/opened-store.ts';
import { expectReadModelsEqualFold } from '../support/oracle.ts';

/** What the log says about what was acknowledged. */
export type Account = {
  readonly events: number;
  /** Acknowledged commands without their effect. */
  readonly lost: number;
  /** Effects there more than once. */
  readonly doubled: number;
  /** Streams whose revisions have a gap. */
  readonly torn: number;
  /** Positions of the log without an event. */
  readonly gaps: number;
  /** What was cooked and did not leave the store-room: a policy's work. */
  readonly notUsed: number;
};

type Use = { readonly lineId: string };
type Data = { readonly orderId: string; readonly reference?: string; readonly stockItemId?: string; readonly uses?: readonly Use[] };
export const INGREDIENTS = 2;

/** The keys of the commands whose effect an event is; what policies do has keys of our own making. */
const effectsOf = ({ type, data }: LogEvent): readonly string[] => {
  const { orderId, reference, stockItemId, uses = [] } = data as Data;
  if (type === 'OrderOpened') return [`open/${orderId}`];
  if (type === 'OrderLinesAdded') return [`lines/${orderId}`];
  if (type === 'OrderLinesFired') return [`send/${orderId}`];
  if (type === 'OrderTicketStarted') return [`start/${orderId}`, ...uses.flatMap(({ lineId }) => `cooked/${lineId}`)];
  if (type === 'StockItemReceived') return [`receive/${reference}`];
  return type === 'StockItemConsumed' ? uses.map(({ lineId }) => `used/${lineId}/${stockItemId}`) : [];
};

const wholeLog = async (store: EventStore): Promise<readonly LogEvent[]> => {
  const pages: (readonly LogEvent[])[] = [];
  for (let page = await store.readLog(START, 5_000); page.events.length > 0; page = await store.readLog(page.checkpoint, 5_000)) {
    pages.push(page.events);
  }
  return pages.flat();
};

const tornIn = (events: readonly LogEvent[]): number => {
  const streams = [...Map.groupBy(events, ({ stream }) => stream).values()];
  return streams.filter((stream) => stream.some(({ revision }, nth) => revision !== nth + 1)).length;
};

const accountFor = (events: readonly LogEvent[], acknowledged: ReadonlySet<string>): Account => {
  const effects = events.flatMap(effectsOf);
  const there = new Set(effects);
  const count = (kind: string): number => [...there].filter((effect) => effect.startsWith(kind)).length;
  return {
    events: events.length,
    lost: [...acknowledged].filter((key) => !there.has(key)).length,
    doubled: effects.length - there.size,
    torn: tornIn(events),
    gaps: events.filter(({ position }, nth) => position !== nth + 1).length,
    notUsed: INGREDIENTS * count('cooked/') - count('used/'),
  };
};

type Access = { readonly password: string; readonly port: number };
const ownerUrlOf = (dataDir: string): string => {
  const { password, port } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'access.json'), 'utf8')) as Access;
  return `postgres://brigade:${password}@127.0.0.1:${port}/brigade`;
};

const PATIENCE_MS = 60_000;
const isCurrent = async (pool: Pool, head: number): Promise<boolean> => {
  const text = 'select coalesce(min(position), 0)::int as position from public.projection_checkpoints where not building';
  const { rows } = await pool.query<{ position: number }>(text);
  return (rows[0]?.position ?? 0) >= head;
};

/** Once policies and read models have caught up; throws where a read model is not as a fold of the log has it. */
export const accountOf = async (dataDir: string, acknowledged: ReadonlySet<string>): Promise<Account> => {
  const url = ownerUrlOf(dataDir);
  const pool = openPool(url, { name: 'oracle', max: 2, log });
  const store = await openedStore({ pool, url, folder: dataDir });
  try {
    const giveUp = performance.now() + PATIENCE_MS;
    for (;;) {
      const account = accountFor(await wholeLog(store), acknowledged);
      const settled = account.notUsed === 0 && (await isCurrent(pool, account.events));
      if (!settled && performance.now() < giveUp) continue;
      await expectReadModelsEqualFold(store, pool);
      return account;
    }
  } finally {
    await store.close();
    await pool.end();
  }
};
