import type { Pool } from 'pg';
import type { Clock, NewId } from '../../commands/ports.ts';
import { holdsAll, isRole, roles as builtIn } from '../../commands/roles.ts';
import type { AccountEvent } from '../../domain/account.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { AccountChanges, AccountView, Administration, Places } from '../../http/account-ports.ts';
import type { Origin, Principal } from '../../http/ports.ts';
import { inTurn, ownProvenance, requireOwnSession } from './accounts.ts';
import type { Db } from './db.ts';
import { onlyOneOwner, requireOtherOwner } from './last-owner.ts';
import type { Lockout } from './lockouts.ts';
import { ownPassword } from './own-password.ts';
import { requireGoodPassword } from './password-policy.ts';
import type { PasswordPool } from './password-pool.ts';
import type { Trail } from './security-trail.ts';
import { createUser, normalEmail } from './users.ts';

type Needs = {
  readonly db: Db;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly passwords: PasswordPool;
  readonly trail: Trail;
  readonly lockout: Lockout;
  /** Makes what changed known here at once. */
  readonly refresh: () => Promise<void>;
};

type Row = {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
  readonly terminalId: string | null;
  readonly disabled: boolean;
  readonly secondFactor: boolean;
  readonly createdAt: Date;
};

const SELECT = `select u.id, u.email, u.full_name as "fullName", u.roles, u.location_ids as "locationIds", u.terminal_id as "terminalId",
    u.disabled_at is not null as disabled, u.created_at as "createdAt",
    exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as "secondFactor"
  from users u`;
/** Somebody who is nowhere yet belongs to nobody else; somebody who is elsewhere too is for those who are there too. */
const VISIBLE = 'u.removed_at is null and ($1::text[] is null or u.location_ids <@ $1)';

export const administration = (needs: Needs): Administration => {
  const { db, pool, clock, newId, passwords, trail, lockout, refresh } = needs;
  const requireOwnPassword = ownPassword({ db, clock, passwords, lockout });

  const find = async (places: Places, id: string): Promise<Row | null> => {
    const { rows } = await db.query<Row>({ name: 'user', text: `${SELECT} where ${VISIBLE} and u.id = $2`, values: [places, id] });
    return rows[0] ?? null;
  };

  /** Of the restaurant's own roles; a name nobody defined is refused. */
  const permissionsOf = async (roles: readonly string[]): Promise<readonly string[]> => {
    const own = roles.filter((role) => !isRole(role));
    const { rows } = await db.query<{ name: string; permissions: readonly string[] }>({
      name: 'roles-named',
      text: 'select name, permissions from custom_roles where name = any($1)',
      values: [own],
    });
    const unknown = own.find((role) => !rows.some(({ name }) => name === role));
    if (unknown !== undefined) throw new Rejection('role-undefined', `There is no role ${unknown}: see /api/v1/roles.`);
    return [
      ...roles.flatMap((role): readonly string[] => (isRole(role) ? builtIn[role] : [])),
      ...rows.flatMap(({ permissions }) => permissions),
    ];
  };

  const requireHeld = async (by: Principal, roles: readonly string[], locationIds: readonly string[] | null): Promise<void> => {
    const within = by.locationIds === null || (locationIds?.every((place) => by.locationIds?.includes(place)) ?? false);
    if (!within || !holdsAll(by, await permissionsOf(roles), locationIds))
      throw new Rejection('grant-beyond-own', 'Nobody gives or takes what he does not hold himself, nor where he has no say.');
  };

  const write = async (by: Principal, id: string, changes: AccountChanges, passwordHash: string | null): Promise<void> => {
    const { full_name: fullName, email, roles, locationIds, disabled } = changes;
    await onlyOneOwner(pool, losesOwner(changes) ? id : null, async (client) => {
      const { rowCount } = await client.query({
        text: `with ended as (update sessions set ended_at = clock_timestamp(), ended_why = 'password'
                              where user_id = $1 and ended_at is null and $7::text is not null)
               update users u set full_name = coalesce($2, full_name), email = coalesce($3, email), roles = coalesce($4, roles),
                 location_ids = case when $5 then $6 else location_ids end,
                 password_hash = coalesce($7, password_hash),
                 password_given = case when $7::text is null then password_given else $10 end,
                 disabled_at = case when $8::bool is null then disabled_at when $8 then coalesce(disabled_at, $9) end
               where id = $1 and not exists (select from users o where o.email = $3 and o.id <> $1)`,
        values: [
          id,
          fullName ?? null,
          email === undefined ? null : normalEmail(email),
          roles ?? null,
          locationIds !== undefined,
          locationIds ?? null,
          passwordHash,
          disabled ?? null,
          clock.now(),
          id !== by.userId,
        ],
      });
      if (rowCount !== 1) throw new Rejection('email-taken', 'Another account has this e-mail address: give another.');
    });
    if (changes.second_factor === false) {
      await db.query({
        name: 'second-factor-take',
        text: 'with codes as (delete from recovery_codes where user_id = $1) delete from second_factors where user_id = $1',
        values: [id],
      });
    }
  };

  return {
    list: async (places, { email, limit, after }) => {
      const { rows } = await db.query<Row>({
        name: 'users',
        text: `${SELECT} where ${VISIBLE} and u.email = coalesce($2, u.email) and ($3::uuid is null or u.id > $3) order by u.id limit $4`,
        values: [places, email === null ? null : normalEmail(email), after, limit + 1],
      });
      const items = rows.slice(0, limit).map(viewOf);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    show: async (places, id) => {
      const row = await find(places, id);
      return row === null ? null : viewOf(row);
    },

    create: async (by, places, { email, password, full_name: fullName, roles, locationIds }, from) => {
      requireOwnSession(by);
      requireWithin(places, locationIds);
      await requireHeld(by, roles, locationIds);
      requireGoodPassword(password, { email, fullName });
      const passwordHash = await inTurn(passwords, () => passwords.hashNew(password, { email, fullName }));
      const id = newId();
      const createdAt = clock.now();
      const user = { id, email, fullName, passwordHash, roles, locationIds, terminalId: null, createdAt, passwordGiven: true };
      await trail({ type: 'AccountRegistered', data: { userId: id, roles, locationIds } }, provenance(by, 'CreateUser', locationIds, from));
      if (!(await createUser(db, user))) throw new Rejection('email-taken', 'Another account has this e-mail address: give another.');
      return viewOf({ ...user, email: normalEmail(email), disabled: false, secondFactor: false });
    },

    change: async (by, places, id, changes, from) => {
      requireOwnSession(by);
      const before = await find(places, id);
      if (before === null) return null;
      await requireHeld(by, before.roles, before.locationIds);
      const roles = changes.roles ?? before.roles;
      const locationIds = changes.locationIds === undefined ? before.locationIds : changes.locationIds;
      requireWithin(places, locationIds);
      await requireHeld(by, roles, locationIds);
      if (id === by.userId && changesLogin(changes)) await requireOwnPassword(by, changes.current_password);
      const person = { email: changes.email ?? before.email, fullName: changes.full_name ?? before.fullName };
      const { password } = changes;
      if (password !== undefined) requireGoodPassword(password, person);
      const passwordHash = password === undefined ? null : await inTurn(passwords, () => passwords.hashNew(password, person));
      if (losesOwner(changes)) await requireOtherOwner(db, id);
      for (const event of eventsOf(before, changes, { roles, locationIds }))
        await trail(event, provenance(by, 'ChangeUser', locationIds, from));
      await write(by, id, changes, passwordHash);
      await refresh();
      return (await find(places, id).then((row) => (row === null ? null : viewOf(row)))) ?? null;
    },

    remove: async (by, places, id, from) => {
      requireOwnSession(by);
      const row = await find(places, id);
      if (row === null) return false;
      await requireHeld(by, row.roles, row.locationIds);
      await requireOtherOwner(db, id);
      await trail({ type: 'AccountRemoved', data: { userId: id } }, provenance(by, 'RemoveUser', row.locationIds, from));
      await onlyOneOwner(pool, id, async (client) => {
        await client.query({
          text: `with ended as (update sessions set ended_at = clock_timestamp(), ended_why = 'removed' where user_id = $1 and ended_at is null),
                 devices as (delete from known_devices where user_id = $1), pin as (delete from pins where user_id = $1),
                 codes as (delete from recovery_codes where user_id = $1), factor as (delete from second_factors where user_id = $1)
                 update users set removed_at = $2, disabled_at = $2, email = 'removed-' || id || '@removed.invalid', full_name = 'removed',
                   password_hash = '', preferences = '{}', roles = '{}' where id = $1`,
          values: [id, clock.now()],
        });
      });
      await refresh();
      return true;
    },
  };
};

const changesLogin = ({ email, password, second_factor: secondFactor }: AccountChanges): boolean =>
  email !== undefined || password !== undefined || secondFactor !== undefined;

const losesOwner = ({ roles, disabled }: AccountChanges): boolean => (roles !== undefined && !roles.includes('owner')) || disabled === true;

const requireWithin = (places: Places, locationIds: readonly string[] | null): void => {
  if (places !== null && !(locationIds?.every((place) => places.includes(place)) ?? false))
    throw new Rejection('grant-beyond-own', 'Give people only locations of yours: say which with locationIds.');
};

const eventsOf = (
  before: Row,
  { disabled, password, email, second_factor: secondFactor, ...given }: AccountChanges,
  now: Pick<Row, 'roles' | 'locationIds'>,
): readonly AccountEvent[] => {
  const data = { userId: before.id };
  return [
    ...(given.roles !== undefined || given.locationIds !== undefined
      ? [{ type: 'AccountGranted', data: { ...data, ...now } } as const]
      : []),
    ...(disabled === undefined || disabled === before.disabled
      ? []
      : [{ type: disabled ? 'AccountDisabled' : 'AccountEnabled', data } as const]),
    ...(email === undefined || normalEmail(email) === before.email ? [] : [{ type: 'AccountEmailChanged', data } as const]),
    ...(password === undefined ? [] : [{ type: 'AccountPasswordChanged', data: { ...data, by: 'administrator' } } as const]),
    ...(secondFactor === undefined ? [] : [{ type: 'AccountSecondFactorRemoved', data } as const]),
  ];
};

const viewOf = ({ id, email, fullName, roles, locationIds, terminalId, disabled, secondFactor, createdAt }: Row): AccountView => ({
  id,
  email,
  full_name: fullName,
  roles,
  locationIds,
  terminalId,
  disabled,
  second_factor: secondFactor,
  created_at: createdAt.toISOString(),
});

const provenance = (by: Principal, commandType: string, locationIds: readonly string[] | null, from: Origin) => ({
  ...ownProvenance(by, commandType, from),
  locationId: locationIds?.length === 1 ? (locationIds[0] ?? null) : null,
});
