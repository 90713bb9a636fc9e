import { createHash } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Db } from './db.ts';
import { normalEmail } from './users.ts';

export type Lockout = { readonly maxAttempts: number; readonly seconds: number };

export type LoginFailures = {
  /** Seconds until the address may be tried again; null: now. */
  readonly lockedFor: (email: string) => Promise<number | null>;
  readonly count: (email: string) => Promise<void>;
  readonly forget: (email: string) => Promise<void>;
};

/** Counts wrong passwords by e-mail address; so many without a pause lock the address for that long. */
export const loginFailures = (db: Db, clock: Clock, { maxAttempts, seconds }: Lockout): LoginFailures => ({
  lockedFor: async (email) => {
    const now = clock.now();
    const { rows } = await db.query<{ forgottenAt: Date }>({
      name: 'login-locked',
      text: `select forgotten_at as "forgottenAt" from login_failures where email_hash = $1 and count >= $2 and forgotten_at > $3`,
      values: [hashOf(email), maxAttempts, now],
    });
    const lock = rows[0];
    return lock === undefined ? null : Math.ceil((lock.forgottenAt.getTime() - now.getTime()) / 1000);
  },
  count: async (email) => {
    const now = clock.now();
    await db.query({
      name: 'login-failed',
      text: `with swept as (delete from login_failures where forgotten_at <= $2 and email_hash <> $1)
             insert into login_failures as f (email_hash, count, forgotten_at) values ($1, 1, $3)
             on conflict (email_hash) do update
               set count = case when f.forgotten_at <= $2 then 1 else f.count + 1 end, forgotten_at = $3`,
      values: [hashOf(email), now, new Date(now.getTime() + seconds * 1000)],
    });
  },
  forget: async (email) => {
    await db.query({ name: 'login-forget', text: 'delete from login_failures where email_hash = $1', values: [hashOf(email)] });
  },
});

/** People type passwords into the wrong field: what was typed is not kept. */
const hashOf = (email: string): Buffer => createHash('sha256').update(normalEmail(email)).digest();
