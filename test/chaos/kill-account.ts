import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { START, type Checkpoint, type EventStore, type LogEvent } from '../../src/commands/ports.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { log } from '../infra/projections/read-models.ts';
import { setTimeout as pause } from 'node:timers/promises';
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
const PAGE = 5_000;

/** The keys of the commands whose effect an event is; what policies do has keys of our own making. */
const effectsOf = ({ type, data }: LogEvent): readonly string[] => {
  const { orderId, reference, stockItemId, uses = [] } = data as Data;
  if (type === 'OrderOpened') return [`open/${orderId}`];
  if (type === 'OrderLinesAdded') return [`lines/${orderId}`];
  if (type === 'OrderLinesFired') return [`send/${orderId}`];
  if (type === 'OrderTicketStarted') return [`start/${orderId}`, ...uses.flatMap(({ lineId }) => `cooked/${lineId}`)];
  if (type === 'OrderTicketBumped') return [`bump/${orderId}`];
  if (type === 'StockItemReceived') return [`receive/${reference}`];
  return type === 'StockItemConsumed' ? uses.map(({ lineId }) => `used/${lineId}/${stockItemId}`) : [];
};

/** What was read of the log so far, in as little memory as tells it. */
type Ledger = {
  checkpoint: Checkpoint;
  events: number;
  doubled: number;
  gaps: number;
  cooked: number;
  used: number;
  readonly there: Set<string>;
  readonly revisions: Map<string, number>;
  readonly torn: Set<string>;
};

const emptyLedger = (): Ledger => ({
  checkpoint: START,
  events: 0,
  doubled: 0,
  gaps: 0,
  cooked: 0,
  used: 0,
  there: new Set(),
  revisions: new Map(),
  torn: new Set(),
});

const enter = (ledger: Ledger, event: LogEvent): void => {
  ledger.events++;
  if (event.position !== ledger.events) ledger.gaps++;
  if (event.revision !== (ledger.revisions.get(event.stream) ?? 0) + 1) ledger.torn.add(event.stream);
  ledger.revisions.set(event.stream, event.revision);
  for (const effect of effectsOf(event)) {
    if (ledger.there.has(effect)) ledger.doubled++;
    else if (effect.startsWith('cooked/')) ledger.cooked++;
    else if (effect.startsWith('used/')) ledger.used++;
    ledger.there.add(effect);
  }
};

const readOn = async (store: EventStore, ledger: Ledger): Promise<void> => {
  for (let page = await store.readLog(ledger.checkpoint, PAGE); page.events.length > 0; page = await store.readLog(page.checkpoint, PAGE)) {
    for (const event of page.events) enter(ledger, event);
    ledger.checkpoint = page.checkpoint;
  }
};

const accountFor = ({ events, there, doubled, torn, gaps, cooked, used }: Ledger, acknowledged: ReadonlySet<string>): Account => ({
  events,
  lost: [...acknowledged].filter((key) => !there.has(key)).length,
  doubled,
  torn: torn.size,
  gaps,
  notUsed: INGREDIENTS * cooked - used,
});

type Access = { readonly password: string; readonly port: number };
const ownerUrlOf = (dataDir: string): string => {
  const { password, port } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'access.json'), 'utf8')) as Access;
  return `postgres://brigade:${password}@127.0.0.1:${port}/brigade`;
};

/** Policies may have much to catch up with after a long form. */
const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 100;
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
    const ledger = emptyLedger();
    const giveUp = performance.now() + PATIENCE_MS;
    for (;;) {
      await readOn(store, ledger);
      const account = accountFor(ledger, acknowledged);
      const settled = account.notUsed === 0 && (await isCurrent(pool, account.events));
      if (!settled && performance.now() < giveUp) {
        await pause(LOOK_EVERY_MS);
        continue;
      }
      await expectReadModelsEqualFold(store, pool);
      return account;
    }
  } finally {
    await store.close();
    await pool.end();
  }
};
