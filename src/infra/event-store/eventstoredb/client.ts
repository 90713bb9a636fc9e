import { EventStoreDBClient } from '@eventstore/db-client';

/**
 * Opens a client that appends by one call each. Its batched append, which it would choose by itself, leaves rejections unhandled
 * and answers unmatched when the connection drops, either of which ends the program.
 */
export const openClient = (url: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(url);
  Object.assign(client, { supports: () => Promise.resolve(false) });
  return client;
};

/** Ends its calls, and the channel, which the client itself leaves open. */
export const closeClient = async (client: EventStoreDBClient): Promise<void> => {
  await client.dispose();
  const channel = await client['getChannel']();
  channel.close();
};
