import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { DatabasePool } from 'slonik';
import { aggregateCache } from '../commands/aggregate-cache.ts';
import { executor, type Execute } from '../commands/execute.ts';
import type { Clock, EventStore, NewId } from '../commands/ports.ts';
import type { Config } from '../infra/config.ts';
import type { EventStoreDbOptions } from '../infra/event-store/eventstoredb/event-store.ts';
import { postgresEventStore } from '../infra/event-store/postgres/event-store.ts';
import { openPool, openQueries } from '../infra/postgres/connect.ts';
import { requireDurable } from '../infra/postgres/durability.ts';
import { migrate } from '../infra/postgres/migrate.ts';
import { noticeRestored } from '../infra/postgres/notice-restored.ts';
import { sealedEventStore } from '../infra/privacy/sealed-event-store.ts';
import { committed, type Committed } from '../infra/projections/committed.ts';
import { deciderVersion } from '../infra/snapshots/decider-version.ts';
import { postgresSnapshots } from '../infra/snapshots/snapshots.ts';
import type { Log } from '../http/ports.ts';
import { openMetrics, type Metrics } from '../infra/telemetry/metrics.ts';
import { projections, projectionsOfForeignLog } from '../projections/all.ts';
import type { Projection } from '../projections/projection.ts';
import type { Closing } from './closing.ts';
import type { Database } from './database.ts';
import { openKeys, type Keys } from './keys.ts';
import { onlyLocation } from './only-location.ts';

/** What every role stands on. */
export type System = {
  readonly config: Config;
  readonly log: Log;
  readonly closing: Closing;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly metrics: Metrics;
  /** The owner's. */
  readonly ownerUrl: string;
  /** For people who read; null where the database is not ours to name one. */
  readonly readerUrl: string | null;
  readonly pool: Pool;
  readonly queries: DatabasePool;
  readonly keys: Keys;
  /** The log, its personal texts opened as they are read. */
  readonly store: EventStore;
  /** The same log as it is stored. */
  readonly sealedStore: EventStore;
  readonly projections: readonly Projection[];
  /** From the projector to the live stream, where both are in this process. */
  readonly committed: Committed;
  /** Forgets, in this process, all that people who were erased may have left in memory, and the snapshots of all. */
  readonly forget: (subjectIds: readonly string[]) => Promise<void>;
  readonly execute: Execute;
  /** Settles when the database is gone for good: with the reason, or null where we stopped it. */
  readonly lost: Promise<Error | null>;
};

/** Its driver is loaded where it is configured, and nowhere else. */
const openEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStore> => {
  const { eventStoreDb } = await import('../infra/event-store/eventstoredb/event-store.ts');
  return eventStoreDb(options);
};

/** Database, log and command path, migrated and checked; everything opened is on the closing stack. */
export const openSystem = async (config: Config, log: Log, closing: Closing, opening: Promise<Database>): Promise<System> => {
  const clock: Clock = { now: () => new Date() };
  const metrics = openMetrics();
  const database = await opening;
  closing.add('database', database.stop);
  const { maxConnections, minConnections, acquireTimeoutSecs, allowUnsafe } = config.database;
  await migrate(database.url);
  if (await noticeRestored(database.url))
    log.warn({}, 'The database was restored: its log is another one now, and the read models are built anew');

  const half = Math.floor(maxConnections / 2);
  const limits = { min: Math.floor(minConnections / 2), acquireTimeoutMs: acquireTimeoutSecs * 1000, log };
  const pool = openPool(database.url, { ...limits, name: 'app', max: maxConnections - half });
  closing.add('database pool', () => pool.end());
  await requireDurable(pool, { allowUnsafe, log });
  metrics.watchDatabase(() => ({ active: pool.totalCount - pool.idleCount, idle: pool.idleCount }));
  const queries = await openQueries(database.url, { ...limits, name: 'queries', max: half });
  closing.add('query pool', () => queries.end());

  const onAppended = metrics.eventsAppended;
  const { url: eventStoreUrl, channels } = config.eventstore;
  const anotherLog = Promise.withResolvers<Error>();
  const onAnotherLog = (): void => anotherLog.resolve(new Error('The log was restored while the program ran: start it again.'));
  const sealedStore =
    eventStoreUrl === null
      ? postgresEventStore({ pool, url: database.url, log, onAppended, onAnotherLog })
      : await openEventStoreDb({ url: eventStoreUrl, channels, channelMetrics: metrics.channels, pool, log, onAppended });
  closing.add('event store', sealedStore.close);
  const keys = await openKeys({ config, databaseUrl: database.url, log, closing });
  const store = sealedEventStore({ store: sealedStore, keys: keys.ring, log, metrics: metrics.sealing });

  const snapshots = await postgresSnapshots({ pool, version: deciderVersion(), log });
  closing.add('snapshots', snapshots.close);
  const cache = aggregateCache(store, clock, { snapshots });
  const execute = executor({
    store,
    cache,
    clock,
    newId: randomUUIDv7,
    onlyLocation: onlyLocation(queries, clock),
    onOutcome: metrics.commandEnded,
  });
  return {
    config,
    log,
    closing,
    clock,
    newId: randomUUIDv7,
    metrics,
    ownerUrl: database.url,
    readerUrl: database.readerUrl,
    pool,
    queries,
    keys,
    store,
    sealedStore,
    projections: eventStoreUrl === null ? projections : projectionsOfForeignLog,
    committed: committed(),
    forget: async (subjectIds) => {
      keys.ring.forget(subjectIds);
      cache.forget();
      await snapshots.forget();
    },
    execute,
    lost: Promise.race([database.lost, anotherLog.promise]),
  };
};
