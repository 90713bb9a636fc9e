import type { Pool, PoolClient } from 'pg';
import { Rejection } from '../../domain/rejection.ts';
import type { Db } from './db.ts';
import { advisoryLocks } from '../postgres/advisory-locks.ts';

/** Refuses where the named one is the last owner who can come in. */
export const requireOtherOwner = async (db: Db, id: string): Promise<void> => {
  const { rows } = await db.query<{ id: string }>({ text: "select id from users where 'owner' = any(roles) and disabled_at is null" });
  if (rows.length === 1 && rows[0]?.id === id) throw new Rejection('last-owner', 'This is the last owner: make somebody else one first.');
};

/** Changes accounts in one transaction; refuses where the named one is the last owner who can come in. Null: nobody loses that. */
export const onlyOneOwner = async (pool: Pool, losing: string | null, change: (client: PoolClient) => Promise<void>): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    if (losing !== null) {
      await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.firstOwner]);
      await requireOtherOwner(client, losing);
    }
    await change(client);
    await client.query('commit');
    client.release();
  } catch (error) {
    const broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw error;
  }
};
