import { ERASED } from '../../domain/personal.ts';
import type { Db } from '../identity/db.ts';
import { decoyHash } from '../identity/passwords.ts';

/** Nothing can be sent there, and nobody else can have it. */
export const erasedAddress = (userId: string): string => `erased-${userId}@erased.invalid`;

const DISABLE = `
  with ended as (delete from public.sessions where user_id = $1),
    passes as (delete from public.live_tickets where principal ->> 'userId' = $1::text)
  update public.users set email = $2, full_name = $3, password_hash = $4, token_version = token_version + 1,
    disabled_at = coalesce(disabled_at, now())
  where id = $1 and (email <> $2 or disabled_at is null)`;

/** Ends an account for good: its name and address are gone, and nobody can log in to it. Its id stays, which the log names. */
export const eraseAccount = async (db: Db, userId: string): Promise<void> => {
  await db.query({ name: 'erase-account', text: DISABLE, values: [userId, erasedAddress(userId), ERASED, await decoyHash()] });
};
