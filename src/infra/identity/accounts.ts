import type { Clock, NewId } from '../../commands/ports.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Accounts, MeView, Preferences } from '../../http/account-ports.ts';
import type { Origin, Principal } from '../../http/ports.ts';
import { QueueFull } from './bounded-queue.ts';
import type { Db } from './db.ts';
import { lockouts, type Lockout, type Subject } from './lockouts.ts';
import { requireGoodPassword } from './password-policy.ts';
import type { PasswordPool } from './password-pool.ts';
import type { Trail } from './security-trail.ts';
import { createUser, normalEmail } from './users.ts';

export type AccountNeeds = {
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly passwords: PasswordPool;
  readonly trail: Trail;
  readonly registrationOpen: boolean;
  readonly lockout: Lockout;
};

type MeRow = {
  readonly email: string;
  readonly fullName: string;
  readonly preferences: Preferences;
  readonly secondFactor: boolean;
  readonly createdAt: Date;
};

const LARGEST_PREFERENCES = 10_000;

export const accounts = (needs: AccountNeeds): Accounts => {
  const { db, clock, newId, passwords, trail, registrationOpen } = needs;
  const failures = lockouts(db, clock);

  const me = async (principal: Principal): Promise<MeView> => {
    const { rows } = await db.query<MeRow>({
      name: 'me',
      text: `select email, full_name as "fullName", preferences, created_at as "createdAt",
               exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as "secondFactor"
             from users u where id = $1`,
      values: [principal.userId],
    });
    const row = rows[0];
    if (row === undefined) throw new Rejection('user-unknown', 'This account is gone: log in again.');
    const { userId: id, roles, locationIds, terminalId, withheld = [] } = principal;
    const { email, fullName, preferences, secondFactor, createdAt } = row;
    const standing = { id, email, full_name: fullName, roles, locationIds, terminalId };
    return { ...standing, second_factor: secondFactor, created_at: createdAt.toISOString(), withheld, preferences };
  };

  return {
    me,

    register: async ({ email, password, full_name: fullName }, { correlationId, traceParent }) => {
      if (!registrationOpen)
        throw new Rejection('registration-closed', 'Accounts are made by a manager here: ask one, and log in with what you are given.');
      if (/\.invalid\s*$/i.test(email)) throw new Rejection('email-invalid', 'No mail can reach this address: give your own.');
      requireGoodPassword(password, { email, fullName });
      const passwordHash = await inTurn(passwords, () => passwords.hashNew(password, { email, fullName }));
      const id = newId();
      const user = { id, email, fullName, passwordHash, roles: [], locationIds: [], terminalId: null, createdAt: clock.now() };
      if (!(await createUser(db, user))) return;
      await trail(
        { type: 'AccountRegistered', data: { userId: id, roles: [], locationIds: [] } },
        { commandType: 'Register', actor: { userId: id, roles: [], terminalId: null }, locationId: null, correlationId, traceParent },
      );
    },

    changeMe: async (principal, { full_name: fullName, preferences }) => {
      requireOwnSession(principal);
      const written = preferences === undefined ? null : JSON.stringify(preferences);
      if (written !== null && written.length > LARGEST_PREFERENCES)
        throw new Rejection('preferences-too-large', `Preferences take at most ${LARGEST_PREFERENCES} characters of JSON: keep fewer.`);
      await db.query({
        name: 'change-me',
        text: 'update users set full_name = coalesce($2, full_name), preferences = coalesce($3::json, preferences) where id = $1',
        values: [principal.userId, fullName ?? null, written],
      });
      return me(fullName === undefined ? principal : { ...principal, name: fullName });
    },

    changePassword: async (principal, { current_password: current, new_password: next }, from) => {
      requireOwnSession(principal);
      const { email, fullName, passwordHash } = await ownRow(db, principal.userId);
      const subject: Subject = { kind: 'account', name: `password of ${principal.userId}`, lockout: needs.lockout };
      const hash = await inTurn(passwords, async () => {
        if ((await failures.lockedFor([subject])) !== null)
          throw new Rejection('account-locked', 'Too many wrong passwords: try again later.');
        if (!(await passwords.matches(passwordHash, current))) {
          await failures.count([subject]);
          throw new Rejection('password-wrong', 'The current password is wrong: type it again, or ask for a link by mail.');
        }
        requireGoodPassword(next, { email, fullName });
        return passwords.hashNew(next, { email, fullName });
      });
      await failures.forget([subject]);
      await trail(
        { type: 'AccountPasswordChanged', data: { userId: principal.userId, by: 'owner' } },
        ownProvenance(principal, 'ChangePassword', from),
      );
      await db.query({
        name: 'change-password',
        text: `with ended as (update sessions set ended_at = clock_timestamp(), ended_why = 'password'
                              where user_id = $1 and ended_at is null and id is distinct from $3)
               update users set password_hash = $2, password_given = false where id = $1`,
        values: [principal.userId, hash, principal.sessionId ?? null],
      });
    },
  };
};

/** A PIN at a shared terminal is enough to take orders with, not to change the account it names. */
export const requireOwnSession = ({ within }: Principal): void => {
  if (within !== undefined)
    throw new Rejection('password-login-required', 'Log in with your password for this: a PIN opens only what the floor needs.');
};

/** Hashing past the bound of the queue is refused like a login is. */
export const inTurn = <T>(passwords: PasswordPool, work: () => Promise<T>): Promise<T> =>
  passwords.inTurn(work).catch((error: unknown) => {
    if (error instanceof QueueFull) throw new Rejection('login-overloaded', 'Too many log in at this moment: try again in a second.');
    throw error;
  });

export const ownProvenance = ({ userId, roles, terminalId, locationIds }: Principal, commandType: string, from: Origin) => ({
  commandType,
  actor: { userId, roles, terminalId },
  locationId: locationIds?.length === 1 ? (locationIds[0] ?? null) : null,
  correlationId: from.correlationId,
  traceParent: from.traceParent,
});

type OwnRow = { readonly email: string; readonly fullName: string; readonly passwordHash: string };

export const ownRow = async (db: Db, userId: string): Promise<OwnRow> => {
  const { rows } = await db.query<OwnRow>({
    name: 'own-account',
    text: 'select email, full_name as "fullName", password_hash as "passwordHash" from users where id = $1',
    values: [userId],
  });
  if (rows[0] === undefined) throw new Rejection('user-unknown', 'This account is gone: log in again.');
  return { ...rows[0], email: normalEmail(rows[0].email) };
};
