import type { Pool } from 'pg';
import type { ParkReason } from './fold-page.ts';

/** How far a read model has come. `building`: a new table for it, beside the one in use. */
export type ReadModelStatus = {
  readonly name: string;
  readonly version: number;
  readonly position: number;
  readonly lagEvents: number;
  readonly parkedStreams: number;
  readonly building: { readonly version: number; readonly position: number } | null;
};

type Row = {
  readonly name: string;
  readonly building: boolean;
  readonly version: number;
  readonly position: number;
  readonly parked: number;
};

const CHECKPOINTS = `
  select c.projection as name, c.building, c.version, c.position::float8 as position,
    (select count(*)::int from public.parked_streams p where p.projection = c.projection and p.building = c.building) as parked
  from public.projection_checkpoints c order by c.projection`;

/** Of every read model, in use or first being built (then with version and position 0). `head` is the log's last position. */
export const readModelStatus = async (pool: Pool, head: number): Promise<readonly ReadModelStatus[]> => {
  const { rows } = await pool.query<Row>(CHECKPOINTS);
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, both]) => {
    const inUse = both.find(({ building }) => !building);
    const building = both.find((row) => row.building);
    const position = inUse?.position ?? 0;
    return {
      name,
      version: inUse?.version ?? 0,
      position,
      lagEvents: Math.max(0, head - position),
      parkedStreams: inUse?.parked ?? 0,
      building: building === undefined ? null : { version: building.version, position: building.position },
    };
  });
};

/** A stream that a read model takes no more events of, since the one named. */
export type ParkedStream = {
  readonly projection: string;
  readonly building: boolean;
  readonly stream: string;
  readonly position: number;
  readonly type: string;
  readonly reason: ParkReason;
  readonly error: string;
  readonly parkedAt: string;
};

export const parkedStreams = async (pool: Pool): Promise<readonly ParkedStream[]> => {
  const { rows } = await pool.query<Omit<ParkedStream, 'parkedAt'> & { readonly parkedAt: Date }>(
    `select projection, building, stream, position::float8 as position, type, reason, error, parked_at as "parkedAt"
     from public.parked_streams order by parked_at, projection, stream`,
  );
  return rows.map((row) => ({ ...row, parkedAt: row.parkedAt.toISOString() }));
};
