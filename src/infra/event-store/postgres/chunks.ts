import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import type { LogEvent } from '../../../commands/ports.ts';
import { copyOut } from '../../postgres/copy-out.ts';
import { twice } from '../../postgres/twice.ts';
import { EVENT_ROW, eventRows, type EventRow } from './event-rows.ts';
import { asFailure } from './failures.ts';
import { withClient, within } from './within.ts';

/** A stretch of the log as it came from the database; its events are made one by one as they are taken, so that they need not be kept. */
export type Chunk = {
  readonly epoch: string;
  /** The log's last position when it was read. */
  readonly head: number;
  /** How far it tells: the last position it holds, or left out. */
  readonly to: number;
  /** How many events are still to be taken. */
  readonly left: () => number;
  readonly take: (limit: number) => Promise<readonly LogEvent[]>;
};
/** Up to so many positions after `from`, but for events of these types. */
export type ReadChunk = (from: number, limit: number, leavingOut: readonly string[]) => Promise<Chunk>;

type Raw = { readonly epoch: string; readonly head: number; readonly count: number; readonly bytes: Buffer };
type Head = { readonly position: string; readonly epoch: string };

const PATIENCE_MS = 5_000;
/** Of an event. */
const LIKELY_BYTES = 1_024;
const REMEMBERED_NAMES = 100_000;
/** What is in sight when the head is read, and no more: whoever leaves events out must know how far he has come. */
const BEGIN = 'begin transaction isolation level repeatable read read only';
const HEAD = 'select position, epoch from public.log_head';
const NAMES = { name: 'stream-names', text: 'select id::float8 as id, name from public.streams where id = any($1)' };
const butOf = (types: readonly string[]): string =>
  types.length === 0 ? '' : `and e.type <> all (array[${types.map(escapeLiteral).join(', ')}])`;
const copyOf = (from: number, limit: number, leavingOut: readonly string[]): string =>
  `copy (select ${EVENT_ROW} from public.events e where e.position > ${from} and e.position <= ${from + limit} ${butOf(leavingOut)} order by e.position)
    to stdout (format binary)`;

const readRaw = async (client: PoolClient, from: number, limit: number, leavingOut: readonly string[]): Promise<Raw> => {
  let bytes = Buffer.allocUnsafeSlow(limit * LIKELY_BYTES);
  let length = 0;
  let rows = 0;
  const [, answer] = await copyOut(client, `${BEGIN}; ${HEAD}; ${copyOf(from, limit, leavingOut)}; commit`, (row) => {
    if (length + row.length > bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length + row.length);
    length += row.copy(bytes, length);
    rows++;
  });
  const [head] = (answer?.rows ?? []) as readonly Head[];
  if (head === undefined) throw new Error('The table log_head is empty; restore the database from a backup.');
  // The last says that there are no more.
  return { epoch: head.epoch, head: Number(head.position), count: rows - 1, bytes: bytes.subarray(0, length) };
};

/** Reads stretches of the log at a third of what they cost PostgreSQL row by row. */
export const chunks = (pool: Pool): ReadChunk => {
  /** Of the streams read last, by their ids: those of one log. */
  let names = new Map<number, string>();
  let namesOf: string | null = null;

  const ask = async <T>(what: string, work: (client: PoolClient) => Promise<T>): Promise<T> => {
    try {
      return await twice(() => withClient(pool, (client) => within(PATIENCE_MS, what, work(client))));
    } catch (error) {
      throw asFailure(error);
    }
  };

  const nameAll = async (unnamed: readonly EventRow[]): Promise<void> => {
    const ids = [...new Set(unnamed.map(({ streamId }) => streamId))];
    const { rows } = await ask('stream-names', (client) =>
      client.query<{ readonly id: number; readonly name: string }>({ ...NAMES, values: [ids] }),
    );
    const found = new Map(rows.map(({ id, name }) => [id, name]));
    for (const row of unnamed) row.event.stream = found.get(row.streamId) ?? '';
    for (const [id, name] of found) names.set(id, name);
  };

  const forgetOldest = (): void => {
    for (const id of names.keys()) {
      if (names.size <= REMEMBERED_NAMES) return;
      names.delete(id);
    }
  };

  return async (from, limit, leavingOut) => {
    const { epoch, head, count, bytes } = await ask('log-chunk', (client) => readRaw(client, from, limit, leavingOut));
    if (epoch !== namesOf) names = new Map();
    namesOf = epoch;
    const next = eventRows(bytes, names);
    let left = count;
    const take: Chunk['take'] = async (most) => {
      const events: LogEvent[] = [];
      const unnamed: EventRow[] = [];
      for (const end = left - Math.min(most, left); left > end; left--) {
        const row = next();
        events.push(row.event);
        if (!row.named) unnamed.push(row);
      }
      if (unnamed.length > 0) await nameAll(unnamed);
      forgetOldest();
      return events;
    };
    return { epoch, head, to: Math.max(from, Math.min(from + limit, head)), left: () => left, take };
  };
};
