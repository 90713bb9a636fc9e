import { EventStoreDBClient } from '@eventstore/db-client';

const KEEP_ALIVE_TIMEOUT = /[?&]keep[_-]?alive[_-]?timeout=(-?\d+)/i;
const DEFAULT_KEEP_ALIVE_TIMEOUT_MS = 10_000;
const NEVER_MS = 2_000_000_000;

/** Channels of one process that are alike in all their settings share one connection; by a few milliseconds they differ. */
const onConnection = (url: string, number: number): string => {
  const given = Number(KEEP_ALIVE_TIMEOUT.exec(url)?.[1] ?? DEFAULT_KEEP_ALIVE_TIMEOUT_MS);
  return `${url}${url.includes('?') ? '&' : '?'}keepAliveTimeout=${(given < 0 ? NEVER_MS : given) + number}`;
};

/**
 * Opens a client; those of one number share a connection. It appends by one call each: its batched append, which it would choose by
 * itself, leaves rejections unhandled and answers unmatched when the connection drops, either of which ends the program.
 */
export const openClient = (url: string, number: number): EventStoreDBClient => {
  // KurrentDB is the same server's newer name, which this client does not know.
  const client = EventStoreDBClient.connectionString(onConnection(url.replace(/^kurrentdb/, 'esdb'), number));
  Object.assign(client, { supports: () => Promise.resolve(false) });
  return client;
};

/** Ends its calls, and the channel, which the client itself leaves open. */
export const closeClient = async (client: EventStoreDBClient): Promise<void> => {
  await client.dispose();
  const channel = await client['getChannel']();
  channel.close();
};
