import { Client } from 'pg';

/**
 * True where the database was restored, by whatever means, since the program last ran on it; its log has another epoch then.
 * To be asked as the owner, before anything reads the log.
 */
export const noticeRestored = async (ownerUrl: string): Promise<boolean> => {
  const client = new Client({ connectionString: ownerUrl });
  // What is under way rejects too; without a listener the event would end the program.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ moved: boolean }>('select public.begin_epoch_where_moved() as moved');
    return rows[0]?.moved === true;
  } finally {
    await client.end();
  }
};
