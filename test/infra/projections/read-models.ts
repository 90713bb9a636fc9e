import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import type { EventStore } from '../../../src/commands/ports.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { projectionPositions, type ProjectionPositions } from '../../../src/infra/projections/positions.ts';

import { startProjector, type Projector, type ProjectorMetrics, type ProjectorOptions } from '../../../src/infra/projections/projector.ts';
import { projections as all } from '../../../src/projections/all.ts';
import type { Projection } from '../../../src/projections/projection.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

export const log = pino({ level: 'silent' });
const ignored = (): void => undefined;
export const unmeasured: ProjectorMetrics = { folded: ignored, lag: ignored, parked: ignored, gap: ignored };

const PATIENCE_MS = 20_000;

type Starting = Pick<ProjectorOptions, 'gathering'> &
  Partial<Pick<ProjectorOptions, 'log'>> & {
    readonly projections?: readonly Projection[];
    readonly store?: EventStore;
    readonly metrics?: Partial<ProjectorMetrics>;
  };

export type ReadModels = {
  readonly url: string;
  readonly pool: Pool;
  readonly store: EventStore;
  readonly positions: ProjectionPositions;
  readonly start: (starting?: Starting) => Projector;
  /** Until the read models have come to the position; fails when that takes too long. */
  readonly reached: (position: number, projections?: readonly Projection[]) => Promise<void>;
  /** Until no new table is being built for the read model. */
  readonly rebuilt: (projection: string) => Promise<void>;
  /** Until all these have been replaced by tables built anew since they were last used. */
  readonly rebuiltFrom: (projections: readonly Projection[]) => Promise<void>;
  /** The owner's connection. */
  readonly owner: Client;
  /** How many events a projector that starts now would be given again, or for the first time. */
  readonly eventsAfterCheckpoints: () => Promise<number>;
  /** Cuts the connection that holds the projector's lock; answers how many there were. */
  readonly cutProjectorOff: () => Promise<number>;
  readonly close: () => Promise<void>;
};

type OpenStore = (pool: Pool, url: string) => EventStore;
const inPostgres: OpenStore = (pool, url) => postgresEventStore({ pool, url, log });

/** A log and read models in a database of their own; what was started is stopped with it. */
export const openReadModels = async (openStore: OpenStore = inPostgres): Promise<ReadModels> => {
  const database: TestDatabase = await testDatabase();
  const { url } = database;
  const pool = openPool(url, { name: 'test', max: 5, log });
  const store = openStore(pool, url);
  const positions = await projectionPositions({ pool, url, log });
  const owner = new Client({ connectionString: url });
  await owner.connect();
  const started: Projector[] = [];
  return {
    url,
    pool,
    store,
    positions,
    start: ({ projections = all, store: from = store, metrics = {}, ...gathering } = {}) => {
      const projector = startProjector({
        ownerUrl: url,
        store: from,
        projections,
        log,
        metrics: { ...unmeasured, ...metrics },
        ...gathering,
      });
      started.push(projector);
      return projector;
    },
    reached: async (position, projections = all) => {
      const names = projections.map(({ name }) => name);
      if (await positions.waitFor(names, position, PATIENCE_MS)) return;
      throw new Error(`Not at ${position}: ${JSON.stringify(await positions.status(position))}`);
    },
    owner,
    rebuilt: async (projection) => {
      const isBuilt = async () => (await positions.status(0)).every(({ name, building }) => name !== projection || building === null);
      while (!(await isBuilt()));
    },
    rebuiltFrom: async (projections) => {
      const names = projections.map(({ name }) => name);
      const text =
        'select count(*)::int as count from public.projection_checkpoints where projection = any($1) and not building and stale_until = position';
      const isBuilt = async () => (await owner.query<{ count: number }>(text, [names])).rows[0]?.count === names.length;
      while (!(await isBuilt()));
    },
    eventsAfterCheckpoints: async () => {
      const { rows } = await owner.query<{ checkpoint: string }>('select distinct checkpoint from public.projection_checkpoints');
      const pages = await Promise.all(rows.map(({ checkpoint }) => store.readLog(checkpoint, 1_000)));
      return pages.reduce((sum, { events }) => sum + events.length, 0);
    },
    cutProjectorOff: async () => {
      const { rowCount } = await owner.query(`select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())`);
      return rowCount ?? 0;
    },
    close: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
      await positions.close();
      await store.close();
      await pool.end();
      await owner.end();
      await database.close();
    },
  };
};
