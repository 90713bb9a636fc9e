import { Socket } from 'node:net';
import { Client } from 'pg';
import { asApp } from './connect.ts';
import { endSilent, LOOK_EVERY_MS, SILENT_MS } from './silence.ts';

export type Session = {
  readonly client: Client;
  /** Aborts when the connection, and with it every lock, is lost. */
  readonly lost: AbortSignal;
  readonly close: () => Promise<void>;
};

type Options = {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly pipeline?: boolean;
};

const CONNECT_MS = 5_000;

/**
 * A session that is kept for long, as the program's role. Where the connection has gone silent, of which TCP may tell after hours,
 * the server's side of it is ended, so that its locks are free, and it counts as lost.
 */
export const openSession = async (ownerUrl: string, { name, pipeline = false }: Options): Promise<Session> => {
  const socket = new Socket();
  const client = new Client({
    connectionString: asApp(ownerUrl),
    application_name: name,
    keepAlive: true,
    pipeline,
    connectionTimeoutMillis: CONNECT_MS,
    stream: () => socket,
  });
  const loss = new AbortController();
  client.on('error', (error) => loss.abort(error));
  client.on('end', () => loss.abort(new Error('The connection to PostgreSQL ended')));
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    const isGone = async (isStillSilent: () => boolean): Promise<boolean> =>
      (await endSilent({ ownerUrl, name, pids: [pid], asTold: false }, isStillSilent)).length > 0;
    const stop = watchSilence(client, isGone, () => socket.destroy(new Error('The connection to PostgreSQL has gone silent')));
    loss.signal.addEventListener('abort', stop, { once: true });
    const close = (): Promise<void> => {
      stop();
      return client.end();
    };
    return { client, lost: loss.signal, close };
  } catch (error) {
    await client.end();
    throw error;
  }
};

/** Asks for nothing now and then, and where no answer comes, whether there is anyone who could give it. */
const watchSilence = (client: Client, isGone: (isStillSilent: () => boolean) => Promise<boolean>, cut: () => void): (() => void) => {
  let askedAt: number | null = null;
  let asking = false;

  const ask = (): void => {
    askedAt = performance.now();
    const answered = (): void => {
      askedAt = null;
    };
    client.query('select').then(answered, answered);
  };
  const inquire = async (): Promise<void> => {
    asking = true;
    try {
      if (await isGone(() => askedAt !== null)) cut();
      else if (askedAt !== null) askedAt = performance.now();
    } catch {
      // Nobody can be asked at the moment; the next look asks again.
    } finally {
      asking = false;
    }
  };
  const look = (): void => {
    if (askedAt === null) ask();
    else if (!asking && performance.now() - askedAt > SILENT_MS) void inquire();
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
};
