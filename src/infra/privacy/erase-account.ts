import { ERASED } from '../../domain/personal.ts';
import type { Db } from '../identity/db.ts';

/** Nothing can be sent there, and nobody else can have it. */
export const erasedAddress = (userId: string): string => `erased-${userId}@erased.invalid`;

const DISABLE = `
  with ended as (update public.sessions set ended_at = clock_timestamp(), ended_why = 'erased' where user_id = $1 and ended_at is null),
    devices as (delete from public.known_devices where user_id = $1),
    pin as (delete from public.pins where user_id = $1),
    links as (delete from public.password_resets where user_id = $1),
    codes as (delete from public.recovery_codes where user_id = $1),
    factor as (delete from public.second_factors where user_id = $1),
    passes as (delete from public.live_tickets where principal ->> 'userId' = $1::text)
  update public.users set email = $2, full_name = $3, password_hash = '', preferences = '{}', token_version = token_version + 1,
    disabled_at = coalesce(disabled_at, now())
  where id = $1 and (email <> $2 or disabled_at is null)`;

/** Ends an account for good: its name and address are gone, and nobody can log in to it. Its id stays, which the log names. */
export const eraseAccount = async (db: Db, userId: string): Promise<void> => {
  await db.query({ name: 'erase-account', text: DISABLE, values: [userId, erasedAddress(userId), ERASED] });
};
