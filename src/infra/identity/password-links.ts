import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Db } from './db.ts';

export const LINK_MINUTES = 30;

export type PasswordLinks = {
  /** A new one-time token, of which only a hash is kept; those before it are void. Null: there is no such account to come in. */
  readonly make: (userId: string) => Promise<{ readonly token: string; readonly email: string; readonly madeAt: string } | null>;
  /** Whose it is, while it is good. */
  readonly find: (token: string) => Promise<LinkOwner | null>;
  /** Sets the password, ends all sessions and voids all links, once of many at a time; false: it was used already. */
  readonly spend: (token: string, passwordHash: string) => Promise<boolean>;
};
export type LinkOwner = {
  readonly userId: string;
  readonly email: string;
  readonly fullName: string;
  readonly locationIds: readonly string[] | null;
};

const TOKEN = /^[\w-]{43}$/;

export const passwordLinks = (db: Db, clock: Clock): PasswordLinks => ({
  make: async (userId) => {
    const token = randomBytes(32).toString('base64url');
    const now = clock.now();
    const { rows } = await db.query<{ email: string }>({
      name: 'password-link-make',
      text: `with person as (select id, email from users where id = $1 and disabled_at is null and terminal_id is null),
             former as (delete from password_resets where user_id = $1 or expires_at <= $3),
             made as (insert into password_resets (token_hash, user_id, expires_at) select $2, id, $4 from person)
             select email from person`,
      values: [userId, hashOf(token), now, new Date(now.getTime() + LINK_MINUTES * 60_000)],
    });
    return rows[0] === undefined ? null : { token, email: rows[0].email, madeAt: now.toISOString() };
  },

  find: async (token) => {
    if (!TOKEN.test(token)) return null;
    const { rows } = await db.query<LinkOwner>({
      name: 'password-link-find',
      text: `select u.id as "userId", u.email, u.full_name as "fullName", u.location_ids as "locationIds"
             from password_resets r join users u on u.id = r.user_id
             where r.token_hash = $1 and r.expires_at > $2 and u.disabled_at is null`,
      values: [hashOf(token), clock.now()],
    });
    return rows[0] ?? null;
  },

  spend: async (token, passwordHash) => {
    const { rowCount } = await db.query({
      name: 'password-link-spend',
      text: `with spent as (delete from password_resets where token_hash = $1 and expires_at > $2 returning user_id),
             ended as (update sessions set ended_at = clock_timestamp(), ended_why = 'password'
                       where user_id in (select user_id from spent) and ended_at is null)
             update users set password_hash = $3, password_given = false, token_version = token_version + 1
             where id in (select user_id from spent) and disabled_at is null`,
      values: [hashOf(token), clock.now(), passwordHash],
    });
    return rowCount === 1;
  },
});

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
