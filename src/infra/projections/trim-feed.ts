import type { Client } from 'pg';

/** Forgets the row changes that no screen can still want to read on from. */
export const trimFeed = async (client: Client, keptFor = '1 hour'): Promise<void> => {
  await client.query(
    `with forgotten as (delete from public.row_changes where written_at < now() - $1::interval returning position)
     update public.row_changes_forgotten set position = greatest(position, (select max(position) from forgotten))`,
    [keptFor],
  );
};

/** Forgets all row changes up to a position: who reads on from there or before begins anew. */
export const forgetChanges = async (client: Client, position: number): Promise<void> => {
  await client.query(
    `with forgotten as (delete from public.row_changes where position <= $1)
     update public.row_changes_forgotten set position = greatest(position, $1)`,
    [position],
  );
};
