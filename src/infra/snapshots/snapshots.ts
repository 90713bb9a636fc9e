import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Snapshot, Snapshots } from '../../commands/ports.ts';
import { stateFrom, stateText } from '../../commands/state-text.ts';
import type { Log } from '../postgres/log.ts';

export type SnapshotOptions = {
  readonly pool: Pool;
  /** Of the rules; states folded by others are left alone. */ readonly version: string;
  readonly log: Log;
};

type Row = { readonly revision: number; readonly position: string; readonly state: string; readonly checksum: string };
type Kept = { readonly revision: number; readonly position: number; readonly text: string };

const checksumOf = (stream: string, version: string, { revision, position, text }: Kept): string =>
  createHash('sha256')
    .update(JSON.stringify([stream, version, revision, position, text]))
    .digest('hex');

const FIND = 'select revision, position, state, checksum from public.snapshots where stream = $1 and decider_version = $2';
// Of two processes, the one that is behind does not take the other's place.
const KEEP = `
  insert into public.snapshots as s (stream, revision, position, decider_version, state, checksum) values ($1, $2, $3, $4, $5, $6)
  on conflict (stream) do update set revision = excluded.revision, position = excluded.position,
    decider_version = excluded.decider_version, state = excluded.state, checksum = excluded.checksum
  where s.decider_version <> excluded.decider_version or s.revision < excluded.revision or s.position <> excluded.position`;

/**
 * Snapshots in PostgreSQL, written one after the other behind the commands' backs. Which streams have one is remembered from the
 * start, so that all others, nearly all, cost no question; one that another process makes later is found after the next start.
 * `forget` deletes all.
 */
export const postgresSnapshots = async ({
  pool,
  version,
  log,
}: SnapshotOptions): Promise<Snapshots & { readonly forget: () => Promise<void>; readonly close: () => Promise<void> }> => {
  const { rows } = await pool.query<{ stream: string }>('select stream from public.snapshots where decider_version = $1', [version]);
  const known = new Set(rows.map(({ stream }) => stream));
  const waiting = new Map<string, Snapshot>();
  let writing: Promise<void> | null = null;

  const write = async (stream: string, { revision, position, state }: Snapshot): Promise<void> => {
    try {
      const kept = { revision, position, text: stateText(state) };
      await pool.query({
        name: 'keep-snapshot',
        text: KEEP,
        values: [stream, revision, position, version, kept.text, checksumOf(stream, version, kept)],
      });
      known.add(stream);
    } catch (error) {
      log.warn({ err: error, stream }, 'A snapshot could not be kept; its stream is folded from the beginning');
    }
  };
  const writeAll = async (): Promise<void> => {
    for (let next = [...waiting][0]; next !== undefined; next = [...waiting][0]) {
      waiting.delete(next[0]);
      await write(...next);
    }
    writing = null;
  };

  return {
    find: async (stream) => {
      if (!known.has(stream)) return null;
      try {
        const [row] = (await pool.query<Row>({ name: 'find-snapshot', text: FIND, values: [stream, version] })).rows;
        if (row === undefined) return null;
        const kept = { revision: row.revision, position: Number(row.position), text: row.state };
        if (checksumOf(stream, version, kept) === row.checksum)
          return { revision: kept.revision, position: kept.position, state: stateFrom(row.state) };
        log.warn({ stream }, 'A snapshot is damaged; its stream is folded from the beginning');
      } catch (error) {
        log.warn({ err: error, stream }, 'A snapshot could not be read; its stream is folded from the beginning');
      }
      return null;
    },
    keep: (stream, snapshot) => {
      waiting.set(stream, snapshot);
      writing ??= writeAll();
    },
    forget: async () => {
      waiting.clear();
      await writing;
      await pool.query('delete from public.snapshots');
    },
    close: async () => {
      await writing;
    },
  };
};
