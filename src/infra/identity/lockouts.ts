import { createHash } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Db } from './db.ts';

/** So many failures lock what was tried for `seconds`; each failure after that for twice as long, up to `longestSeconds`. */
export type Lockout = { readonly maxAttempts: number; readonly seconds: number; readonly longestSeconds: number };

export type SubjectKind = 'account' | 'address' | 'device' | 'terminal';
export type Subject = { readonly kind: SubjectKind; readonly name: string; readonly lockout: Lockout };

export type Lockouts = {
  /** Seconds until all of these may be tried again; null: now. */
  readonly lockedFor: (subjects: readonly Subject[]) => Promise<number | null>;
  /** Answers what was locked by this failure, and for how long. */
  readonly count: (subjects: readonly Subject[]) => Promise<readonly { readonly kind: SubjectKind; readonly seconds: number }[]>;
  readonly forget: (subjects: readonly Subject[]) => Promise<void>;
};

type Row = { readonly subject: Buffer; readonly count: number; readonly lockedUntil: Date | null };

export const lockouts = (db: Db, clock: Clock): Lockouts => ({
  lockedFor: async (subjects) => {
    const now = clock.now();
    const { rows } = await db.query<{ lockedUntil: Date }>({
      name: 'login-locked',
      text: 'select locked_until as "lockedUntil" from login_failures where subject = any($1) and locked_until > $2 order by 1 desc limit 1',
      values: [subjects.map(hashOf), now],
    });
    return rows[0] === undefined ? null : Math.ceil((rows[0].lockedUntil.getTime() - now.getTime()) / 1000);
  },

  count: async (subjects) => {
    const now = clock.now();
    const { rows } = await db.query<Row>({
      name: 'login-failed',
      text: `with swept as (delete from login_failures where forgotten_at <= $5 and not subject = any($1)),
             failed as (select * from unnest($1::bytea[], $2::int[], $3::float8[], $4::float8[]) as f (subject, most, first_lock, longest))
             insert into login_failures as l (subject, count, locked_until, forgotten_at)
             select subject, 1, case when most <= 1 then $5::timestamptz + make_interval(secs => first_lock) end,
                 $5::timestamptz + make_interval(secs => first_lock * 2)
               from failed order by subject
             on conflict (subject) do update set (count, locked_until, forgotten_at) = (
               select n.count,
                   case when n.count >= f.most then $5::timestamptz + make_interval(secs => d.seconds) end,
                   $5::timestamptz + make_interval(secs => 2 * d.seconds)
                 from failed f
                 cross join lateral (select case when l.forgotten_at <= $5 then 1 else l.count + 1 end as count) n
                 cross join lateral (select least(f.longest, f.first_lock * power(2, least(30, greatest(0, n.count - f.most)))) as seconds) d
                 where f.subject = l.subject)
             returning subject, count, locked_until as "lockedUntil"`,
      values: [
        subjects.map(hashOf),
        subjects.map(({ lockout }) => lockout.maxAttempts),
        subjects.map(({ lockout }) => lockout.seconds),
        subjects.map(({ lockout }) => lockout.longestSeconds),
        now,
      ],
    });
    return subjects.flatMap((subject) => {
      const until = rows.find((row) => row.subject.equals(hashOf(subject)))?.lockedUntil ?? null;
      return until === null ? [] : [{ kind: subject.kind, seconds: Math.ceil((until.getTime() - now.getTime()) / 1000) }];
    });
  },

  forget: async (subjects) => {
    await db.query({
      name: 'login-forget',
      text: 'delete from login_failures where subject = any($1)',
      values: [subjects.map(hashOf)],
    });
  },
});

/** People type passwords into the wrong field: what was typed is not kept. */
const hashOf = ({ kind, name }: Subject): Buffer => createHash('sha256').update(`${kind}\n${name}`).digest();
