import type { ClientBase, Pool } from 'pg';
import type { SignedHead } from '../../proof/head.ts';

export type Asks = Pick<Pool | ClientBase, 'query'>;

/** Of a log in this database, or of one kept elsewhere. */
export type HeadsTable = 'signed_heads' | 'foreign_heads';

/** A log as far as proofs go. Positions are those of the chain, from 1, without gaps. */
export type ChainedLog = {
  readonly heads: HeadsTable;
  /** The events after one position, up to another, as they lie in the log. */
  readonly events: (after: number, through: number) => Promise<readonly ChainedEvent[]>;
  /** The last one. */
  readonly position: () => Promise<number>;
  /** Of the event at a position of the log itself; null: there is none. */
  readonly positionOf: (logPosition: number) => Promise<number | null>;
};

/** `line` is the event's canonical text; `locationId` is taken from its metadata. */
export type ChainedEvent = { readonly position: number; readonly line: string; readonly chain: Buffer; readonly locationId: string | null };

type HeadRow = {
  readonly position: string;
  readonly after: string;
  readonly chain: Buffer;
  readonly root: Buffer;
  readonly key_id: string;
  readonly signature: Buffer;
  readonly signed_at: Date;
};

const EVENTS = `select e.position, public.event_line(e.position, s.name, e.revision, e.event_id, e.type, e.data::text, e.metadata::text,
    public.iso_time(e.recorded_at)) as line, e.chain, e.metadata ->> 'locationId' as "locationId"
  from public.events e join public.streams s on s.id = e.stream_id where e.position > $1 and e.position <= $2 order by e.position`;
const HEADS = 'select position, after, chain, root, key_id, signature, signed_at from public';

const toHead = ({ position, after, chain, root, key_id: keyId, signature, signed_at: signedAt }: HeadRow): SignedHead => ({
  after: Number(after),
  position: Number(position),
  chain: chain.toString('hex'),
  root: root.toString('hex'),
  signedAt: signedAt.toISOString(),
  keyId,
  signature: signature.toString('base64'),
});

const chainedEvents = async (db: Asks, after: number, through: number): Promise<readonly ChainedEvent[]> => {
  type Row = Omit<ChainedEvent, 'position'> & { readonly position: string };
  const { rows } = await db.query<Row>({ name: 'chained-events', text: EVENTS, values: [after, through] });
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
};

const logPosition = async (db: Asks): Promise<number> => {
  const { rows } = await db.query<{ position: string }>('select position from public.log_head');
  return Number(rows[0]?.position ?? 0);
};

/** The log in PostgreSQL, whose positions are those of its chain. */
export const postgresLog = (db: Asks): ChainedLog => ({
  heads: 'signed_heads',
  events: (after, through) => chainedEvents(db, after, through),
  position: () => logPosition(db),
  positionOf: async (position) => position,
});

/** Up to `limit` heads after a position, in order. */
export const headsAfter = async (
  db: Asks,
  after: number,
  limit: number,
  table: HeadsTable = 'signed_heads',
): Promise<readonly SignedHead[]> => {
  const { rows } = await db.query<HeadRow>(`${HEADS}.${table} where position > $1 order by position limit $2`, [after, limit]);
  return rows.map(toHead);
};

export const latestHead = async (db: Asks, table: HeadsTable = 'signed_heads'): Promise<SignedHead | null> => {
  const { rows } = await db.query<HeadRow>(`${HEADS}.${table} order by position desc limit 1`);
  return rows[0] === undefined ? null : toHead(rows[0]);
};

export const keepHead = async (
  db: Asks,
  table: HeadsTable,
  { position, after, chain, root, keyId, signature, signedAt }: SignedHead,
): Promise<void> => {
  await db.query(
    `insert into public.${table} (position, after, chain, root, key_id, signature, signed_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [position, after, Buffer.from(chain, 'hex'), Buffer.from(root, 'hex'), keyId, Buffer.from(signature, 'base64'), signedAt],
  );
};
