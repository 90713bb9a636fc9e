import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { quietDisk } from './quiet-disk.ts';

const LOOK_EVERY_MS = 50;
const BEHIND = `select count(*)::int as behind from public.projection_checkpoints
  where not building and position < (select position from public.log_head)`;

/** Once the read models are at the log's end, so that what comes next does not pay for what came before. */
export const settled = async (databaseUrl: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query<{ readonly behind: number }>(BEHIND);
      if (rows[0]?.behind === 0) return quietDisk();
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    await client.end();
  }
};
