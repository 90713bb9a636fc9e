import { runMigrations } from 'bullmq';
import { Client } from 'pg';

export const JOBS_SCHEMA = 'bullmq';

/** Makes or updates the job queues' tables, as the database's owner, and lets the program use them. */
export const migrateJobs = async (ownerUrl: string): Promise<void> => {
  const owner = new Client({ connectionString: ownerUrl });
  // What is under way rejects too; without a listener the event would end the program.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await runMigrations(owner, JOBS_SCHEMA);
    // Grants on one thing at the same moment would fail: a query of several statements is one transaction, and holds the lock.
    await owner.query(`
      select pg_advisory_xact_lock(hashtextextended('brigade jobs migration', 0));
      grant usage on schema ${JOBS_SCHEMA} to brigade_app;
      grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to brigade_app;
      grant usage, select on all sequences in schema ${JOBS_SCHEMA} to brigade_app;
      grant execute on all functions in schema ${JOBS_SCHEMA} to brigade_app`);
  } finally {
    await owner.end();
  }
};
