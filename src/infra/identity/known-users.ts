import type { Clock } from '../../commands/ports.ts';
import { recentlyUsed } from '../../commands/recently-used.ts';
import { pinPermissions, type Grant } from '../../commands/roles.ts';
import type { Principal } from '../../http/ports.ts';
import type { Db } from './db.ts';

/** A user as he stands now, in one of his sessions, whatever his token was given for. */
export type Standing = { readonly principal: Principal; readonly tokenVersion: number; readonly disabled: boolean };

export type KnownUsers = {
  /** Null: the session is over. Undefined: not known, or known so long ago that the database must be asked. */
  readonly recall: (userId: string, sessionId: string) => Standing | null | undefined;
  /** Asks the database; null where there is no such user or session any more. */
  readonly look: (userId: string, sessionId: string) => Promise<Standing | null>;
  /** Asks for the users that changed and the sessions that ended since the last time. */
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
  readonly secondFactor: boolean;
  readonly passwordGiven: boolean;
  readonly grants: readonly (Grant & { readonly role: string })[] | null;
};
type SessionRow = {
  readonly sessionId: string;
  readonly method: string;
  readonly atTerminal: string | null;
  readonly atLocation: string | null;
};
/** `as` and `standing`: what was made of this user's row for this session. */
type KnownSession = { readonly session: SessionRow; as: UserRow; standing: Standing };

const CAPACITY = 10_000;
/** What is known is trusted this long after the last refresh, so that without refreshes each question goes to the database. */
const TRUSTED_MS = 5_000;
const COLUMNS = `u.id, u.full_name as "fullName", u.roles, u.location_ids as "locationIds", u.terminal_id as "terminalId",
  u.disabled_at is not null as "disabled", u.token_version as "tokenVersion",
  exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as "secondFactor",
  u.password_given as "passwordGiven",
  (select json_agg(json_build_object('role', r.name, 'permissions', r.permissions, 'locationId', r.location_id))
     from custom_roles r where r.name = any(u.roles)) as grants`;

type Wanted = {
  /** Roles that count only for who has a second factor. */
  readonly secondFactorRoles: readonly string[];
  /** Whether no role counts for whose password another chose. */
  readonly ownPasswords: boolean;
};

/** The users and sessions behind the tokens in use, kept in memory. */
export const knownUsers = (db: Db, clock: Clock, wanted: Wanted): KnownUsers => {
  const users = recentlyUsed<UserRow>(CAPACITY);
  const sessions = recentlyUsed<KnownSession>(CAPACITY);
  const ended = recentlyUsed<true>(CAPACITY);
  let refreshedAt = Number.NEGATIVE_INFINITY;
  /** By the database's clock. */
  let askedUntil: Date | null = null;

  return {
    recall: (userId, sessionId) => {
      if (clock.now().getTime() - refreshedAt > TRUSTED_MS) return undefined;
      const user = users.get(userId);
      const known = sessions.get(sessionId);
      if (user === undefined || known === undefined) return ended.has(sessionId) ? null : undefined;
      if (known.as !== user) {
        known.as = user;
        known.standing = standingOf(user, known.session, wanted);
      }
      return known.standing;
    },

    look: async (userId, sessionId) => {
      const { rows } = await db.query<UserRow & SessionRow>({
        name: 'user-standing',
        text: `select ${COLUMNS}, s.id as "sessionId", s.method, s.terminal_id as "atTerminal", s.location_id as "atLocation"
               from users u join sessions s on s.user_id = u.id where u.id = $1 and s.id = $2 and s.ended_at is null and s.expires_at > $3`,
        values: [userId, sessionId, clock.now()],
      });
      const row = rows[0];
      if (row === undefined) {
        sessions.delete(sessionId);
        ended.set(sessionId, true);
        return null;
      }
      const standing = standingOf(row, row, wanted);
      users.set(userId, row);
      sessions.set(sessionId, { session: row, as: row, standing });
      return standing;
    },

    refresh: async () => {
      const asked = clock.now().getTime();
      // Half a minute back again each time: a change is stamped before it is committed, and may meet a `look` under way.
      const { rows } = await db.query<UserRow & { readonly askedUntil: Date; readonly over: readonly string[] | null }>({
        name: 'users-changed',
        text: `select now() as "askedUntil", ${COLUMNS},
                 (select array_agg(s.id) from sessions s where s.ended_at > coalesce($1::timestamptz, now()) - interval '30 seconds'
                    or s.expires_at between $2::timestamptz - interval '30 seconds' and $2) as over
               from (select) as always left join users u on u.changed_at > coalesce($1::timestamptz, now()) - interval '30 seconds'`,
        values: [askedUntil, clock.now()],
      });
      for (const id of rows[0]?.over ?? []) {
        sessions.delete(id);
        ended.set(id, true);
      }
      for (const { askedUntil: until, over: _, ...row } of rows) {
        askedUntil = until;
        if (row.id !== null && users.has(row.id)) users.set(row.id, row);
      }
      refreshedAt = asked;
    },
  };
};

const standingOf = (user: UserRow, session: SessionRow, { secondFactorRoles, ownPasswords }: Wanted): Standing => {
  const { id: userId, fullName: name, terminalId, locationIds, disabled, tokenVersion } = user;
  const passwordGiven = ownPasswords && user.passwordGiven;
  const counts = (role: string): boolean => !passwordGiven && (user.secondFactor || !secondFactorRoles.includes(role));
  const withheld = user.roles.filter((role) => !counts(role));
  const roles = withheld.length === 0 ? user.roles : user.roles.filter(counts);
  const grants = (user.grants ?? [])
    .filter(({ role }) => counts(role))
    .map(({ permissions, locationId }): Grant => ({ permissions, locationId }));
  const person = {
    userId,
    name,
    sessionId: session.sessionId,
    roles,
    ...(grants.length === 0 ? {} : { grants }),
    ...(passwordGiven ? ({ passwordGiven } as const) : {}),
    ...(withheld.length === 0 ? {} : { withheld }),
  };
  const { atTerminal, atLocation } = session;
  const principal: Principal =
    session.method === 'pin'
      ? { ...person, terminalId: atTerminal, locationIds: placesAt(locationIds, atLocation), within: pinPermissions }
      : { ...person, terminalId, locationIds };
  return { principal: Object.freeze(principal), tokenVersion, disabled };
};

const placesAt = (locationIds: readonly string[] | null, place: string | null): readonly string[] =>
  place !== null && (locationIds === null || locationIds.includes(place)) ? [place] : [];
