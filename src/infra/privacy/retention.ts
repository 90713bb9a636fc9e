import type { Pool } from 'pg';
import type { Subject } from '../../domain/subject.ts';
import type { Clock } from '../../commands/ports.ts';
import type { Erasures } from './erasures.ts';
import type { KeyStore } from './key-store.ts';

/** Days, null: for ever. */
export type Retention = { readonly formerStaffDays: number | null; readonly guestDays: number | null };

type Needs = {
  readonly pool: Pool;
  readonly keys: Pick<KeyStore, 'madeBefore'>;
  readonly erasures: Pick<Erasures, 'erase'>;
  readonly clock: Clock;
  readonly retention: Retention;
};

const DAY_MS = 86_400_000;
const AT_ONCE = 500;
const ERASED_BY = 'system:retention';

const FORMER_STAFF = `select u.id::text as id from public.users u
  where u.disabled_at < $1 and not exists (select from public.erasures e where e.subject = u.id::text) order by u.disabled_at limit $2`;

/** Erases whose time is over: staff, some days after their account was disabled; guests, some days after their order. Answers how many. */
export const eraseExpired = async ({ pool, keys, erasures, clock, retention }: Needs): Promise<number> => {
  const before = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS);
  let count = 0;
  const eraseAll = async (next: () => Promise<readonly Subject[]>): Promise<void> => {
    for (let some = await next(); some.length > 0; some = await next()) {
      await erasures.erase(some, 'retention-over', ERASED_BY);
      count += some.length;
    }
  };
  const { formerStaffDays, guestDays } = retention;
  if (formerStaffDays !== null) {
    await eraseAll(async () => {
      const { rows } = await pool.query<{ readonly id: string }>(FORMER_STAFF, [before(formerStaffDays), AT_ONCE]);
      return rows.map(({ id }) => ({ id, kind: 'staff' }));
    });
  }
  if (guestDays !== null) {
    await eraseAll(async () => (await keys.madeBefore('guest', before(guestDays), AT_ONCE)).map((id): Subject => ({ id, kind: 'guest' })));
  }
  return count;
};
