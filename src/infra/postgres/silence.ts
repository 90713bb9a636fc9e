import type { Socket } from 'node:net';
import { Client, type Pool, type PoolClient } from 'pg';
import type { Log } from './log.ts';

/** How often we look, how long a connection may owe an answer before the server is asked about it, and how long that may take. */
export const LOOK_EVERY_MS = 150;
export const SILENT_MS = 400;
const CONNECT_MS = 1_500;

// The owner asks, since others' states are hidden from the program's role. A session that waits for us has nothing to do for us.
const AT_WORK = `select pid, (state = 'active' and wait_event_type is distinct from 'Client') or state_change > clock_timestamp() - interval '300 ms' as "atWork"
  from pg_stat_activity where pid = any($1) and application_name = $2 and datname = current_database()`;

/** `asTold`: the pids are those the server told as we connected; where another program stands between, they are of its making. */
type Asked = { readonly ownerUrl: string; readonly name: string; readonly pids: readonly number[]; readonly asTold: boolean };
type Inside = Pick<Client, 'query'> & {
  /** What @types/pg leaves out: who serves the client, whether all it asked is answered, and over what. */
  readonly processID: number;
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
};
const insideOf = (client: Client | PoolClient): Inside => client as unknown as Inside;
const isDirect = async (asker: Client): Promise<boolean> => {
  const { rows } = await asker.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid === insideOf(asker).processID;
};

/**
 * Asks on a connection of its own about sessions that owe us an answer. Those the server has nothing to do for have gone silent,
 * of which TCP may tell after hours: their server's side is ended, so that their locks are free. Answers the pids of those, and of
 * those that ended long ago. A slow server is told apart by that: its sessions are at work.
 */
export const endSilent = async (
  { ownerUrl, name, pids, asTold }: Asked,
  isStillSilent: (pid: number) => boolean,
): Promise<readonly number[]> => {
  const asker = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_MS, query_timeout: CONNECT_MS });
  asker.on('error', () => undefined);
  try {
    await asker.connect();
    if (asTold && !(await isDirect(asker))) return [];
    const { rows } = await asker.query<{ readonly pid: number; readonly atWork: boolean | null }>(AT_WORK, [pids, name]);
    const known = new Map(rows.map(({ pid, atWork }) => [pid, atWork === true]));
    const silent = pids.filter((pid) => known.get(pid) !== true && isStillSilent(pid));
    const there = silent.filter((pid) => known.has(pid));
    if (there.length > 0) await asker.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [there]);
    return silent;
  } finally {
    await asker.end();
  }
};

type Watched = { readonly client: Inside; read: number; owesSince: number | null };

/**
 * Cuts connections of a pool that owe an answer and have gone silent: their queries fail then, and their places are free. Those
 * at rest are given up with them: what befell one has most likely befallen all.
 */
export const watchPool = (
  pool: Pool,
  { ownerUrl, name, log }: { readonly ownerUrl: string; readonly name: string; readonly log: Log },
): void => {
  const watched = new Map<PoolClient, Watched>();
  let asking = false;

  const owes = (one: Watched, now: number): number => {
    const { readyForQuery, connection } = one.client;
    const { bytesRead } = connection.stream;
    if (readyForQuery || bytesRead !== one.read) one.owesSince = null;
    one.read = bytesRead;
    if (!readyForQuery) one.owesSince ??= now;
    return one.owesSince === null ? 0 : now - one.owesSince;
  };
  const inquire = async (suspects: readonly Watched[]): Promise<void> => {
    asking = true;
    const readBefore = new Map(suspects.map(({ client, read }) => [client.processID, { client, read }]));
    const isStillSilent = (pid: number): boolean => {
      const before = readBefore.get(pid);
      return before !== undefined && !before.client.readyForQuery && before.client.connection.stream.bytesRead === before.read;
    };
    try {
      const silent = await endSilent({ ownerUrl, name, pids: [...readBefore.keys()], asTold: true }, isStillSilent);
      if (silent.length > 0) {
        log.warn(
          { pool: pool.options.application_name, connections: silent.length },
          'Database connections have gone silent and were given up',
        );
        discardIdle(pool);
      }
      for (const { client } of suspects) {
        if (silent.includes(client.processID)) client.connection.stream.destroy(new Error('The connection to PostgreSQL has gone silent'));
      }
    } catch {
      // Nobody can be asked at the moment; the next look asks again.
    } finally {
      for (const one of suspects) one.owesSince = null;
      asking = false;
    }
  };
  const look = (): void => {
    if (pool.ended) return clearInterval(timer);
    const now = performance.now();
    const suspects = [...watched.values()].filter((one) => owes(one, now) > SILENT_MS);
    if (suspects.length > 0 && !asking) void inquire(suspects);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  pool.on('connect', (client) => void watched.set(client, { client: insideOf(client), read: 0, owesSince: null }));
  pool.on('remove', (client) => void watched.delete(client));
};

/** Closes the connections that are at rest, each before anyone else gets it. */
export const discardIdle = (pool: Pool): void => {
  for (let idle = pool.idleCount; idle > 0; idle--) {
    pool.connect().then(
      (client) => client.release(true),
      () => undefined,
    );
  }
};
