import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { aggregateCache, noSnapshots, streamName } from '../src/commands/aggregate-cache.ts';
import type { Metadata, Snapshots } from '../src/commands/ports.ts';
import { commandNamed } from '../src/commands/registry.ts';
import type { Message } from '../src/domain/decider.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { startEmbedded } from '../src/infra/postgres/embedded.ts';
import { migrate } from '../src/infra/postgres/migrate.ts';
import { deciderVersion } from '../src/infra/snapshots/decider-version.ts';
import { postgresSnapshots } from '../src/infra/snapshots/snapshots.ts';

/** How long the first command on a stock item with a long history waits for its state, with a snapshot and without one. */
const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '10000' }, times: { type: 'string', default: '30' } },
});
const length = Number(options.events);

const definition = commandNamed('DefineStockItem');
if (definition === undefined) throw new Error('There is no command DefineStockItem');
const { aggregate } = definition;
const id = randomUUID();
const used = { orderId: randomUUID(), lineId: randomUUID(), recipeVersion: 1, quantity: 2 };
const amount = (of: number) => ({ amount: of, unit: 'piece' });
const defined: Message<string, unknown> = {
  type: 'StockItemDefined',
  data: { stockItemId: id, locationId: randomUUID(), name: 'Buns', displayUnit: 'piece', par: amount(9), reorderPoint: amount(1) },
};
const consumed: Message<string, unknown> = { type: 'StockItemConsumed', data: { stockItemId: id, quantity: 2, uses: [used] } };

const clock = { now: () => new Date() };
const log = pino({ level: 'error' }, pino.destination(2));
const folder = mkdtempSync(path.join(tmpdir(), 'brigade-bench-'));
const server = await startEmbedded({ folder, durable: true, log });
try {
  await migrate(server.url);
  const pool = openPool(server.url, { name: 'bench', max: 4, log });
  const store = postgresEventStore({ pool, url: server.url });
  const metadata: Metadata = {
    commandId: randomUUID(),
    commandType: 'ConsumeStock',
    correlationId: randomUUID(),
    causationId: randomUUID(),
    actor: { userId: 'system:consume-recipe', roles: ['system'], terminalId: null },
    locationId: randomUUID(),
    occurredAt: null,
    traceParent: null,
    schemaVersion: 1,
  };
  const batch = 500;
  for (let at = 0; at < length; at += batch) {
    const events = Array.from({ length: Math.min(batch, length - at) }, (_, n) => (at + n === 0 ? defined : consumed));
    await store.append({ stream: streamName(aggregate, id), expected: at, events, metadata, receipt: null });
  }

  const measure = async (what: string, snapshots: Snapshots): Promise<void> => {
    const times: number[] = [];
    for (let n = 0; n < Number(options.times); n++) {
      const before = performance.now();
      await aggregateCache(store, clock, { snapshots }).refresh(aggregate, id);
      times.push(performance.now() - before);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
    console.log(`${what.padEnd(20)} ${length} events: first ${times[0]?.toFixed(1)} ms, p50 ${at(0.5)} ms, max ${at(1)} ms`);
  };

  const making = await postgresSnapshots({ pool, version: deciderVersion(), log });
  await aggregateCache(store, clock, { snapshots: making }).refresh(aggregate, id);
  await making.close();
  // Half an interval more than the snapshot holds, as on average.
  const more = Array.from({ length: 250 }, () => consumed);
  await store.append({ stream: streamName(aggregate, id), expected: length, events: more, metadata, receipt: null });
  await measure('without a snapshot', noSnapshots);
  await measure('with a snapshot', await postgresSnapshots({ pool, version: deciderVersion(), log }));
  await store.close();
  await pool.end();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
