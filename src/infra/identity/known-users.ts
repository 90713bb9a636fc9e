import type { Clock } from '../../commands/ports.ts';
import type { Principal } from '../../http/ports.ts';
import { recent } from './recent.ts';
import type { Db } from './db.ts';

/** A user as he stands now, whatever his token was given for. */
export type Standing = { readonly principal: Principal; readonly tokenVersion: number; readonly disabled: boolean };

export type KnownUsers = {
  /** Undefined: not known, or known so long ago that the database must be asked. */
  readonly recall: (userId: string) => Standing | undefined;
  /** Asks the database; null where there is no such user. */
  readonly look: (userId: string) => Promise<Standing | null>;
  /** Asks for the users that changed since the last time, in one small query. */
  readonly refresh: () => Promise<void>;
};

type UserRow = {
  readonly id: string;
  readonly fullName: string;
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
  readonly terminalId: string | null;
  readonly disabled: boolean;
  readonly tokenVersion: number;
};

const CAPACITY = 10_000;
/** What is known is trusted this long after the last refresh, so that without refreshes each question goes to the database. */
const TRUSTED_MS = 5_000;
const COLUMNS = `u.id, u.full_name as "fullName", u.roles, u.location_ids as "locationIds", u.terminal_id as "terminalId",
  u.disabled_at is not null as "disabled", u.token_version as "tokenVersion"`;

/** The users behind the tokens in use, kept in memory. */
export const knownUsers = (db: Db, clock: Clock): KnownUsers => {
  const known = recent<string, Standing>(CAPACITY);
  let refreshedAt = Number.NEGATIVE_INFINITY;
  /** By the database's clock. */
  let askedUntil: Date | null = null;

  return {
    recall: (userId) => (clock.now().getTime() - refreshedAt <= TRUSTED_MS ? known.get(userId) : undefined),

    look: async (userId) => {
      const { rows } = await db.query<UserRow>({
        name: 'user-standing',
        text: `select ${COLUMNS} from users u where u.id = $1`,
        values: [userId],
      });
      if (rows[0] === undefined) {
        known.delete(userId);
        return null;
      }
      const standing = standingOf(rows[0]);
      known.set(userId, standing);
      return standing;
    },

    refresh: async () => {
      const asked = clock.now().getTime();
      // Half a minute back again each time: a change is stamped before it is committed, and may meet a `look` under way.
      const { rows } = await db.query<UserRow & { readonly askedUntil: Date }>({
        name: 'users-changed',
        text: `select now() as "askedUntil", ${COLUMNS}
               from (select) as always left join users u on u.changed_at > coalesce($1::timestamptz, now()) - interval '30 seconds'`,
        values: [askedUntil],
      });
      for (const { askedUntil: until, ...row } of rows) {
        askedUntil = until;
        if (row.id !== null && known.has(row.id)) known.set(row.id, standingOf(row));
      }
      refreshedAt = asked;
    },
  };
};

const standingOf = ({ id, fullName, roles, locationIds, terminalId, disabled, tokenVersion }: UserRow): Standing => ({
  principal: Object.freeze({ userId: id, name: fullName, roles, locationIds, terminalId }),
  tokenVersion,
  disabled,
});
