import type { Clock, NewId } from '../../commands/ports.ts';
import { holdsAll, isRole, type Holder } from '../../commands/roles.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { CustomRoles, Places, RoleView } from '../../http/account-ports.ts';
import type { Origin, Principal } from '../../http/ports.ts';
import { ownProvenance } from './accounts.ts';
import type { Db } from './db.ts';
import type { Trail } from './security-trail.ts';

type Needs = {
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly trail: Trail;
  /** One for each command, query and route. */
  readonly permissions: ReadonlySet<string>;
  /** Makes what changed known here at once. */
  readonly refresh: () => Promise<void>;
};

const COLUMNS = 'id, name, permissions, location_id as "locationId"';
/** A role of a place is its administrators' to see and change; one for everywhere only theirs who are everywhere. */
const VISIBLE = '($1::text[] is null or location_id = any($1))';

export const customRoles = ({ db, clock, newId, trail, permissions: known, refresh }: Needs): CustomRoles => {
  const find = async (places: Places, id: string): Promise<RoleView | null> => {
    const { rows } = await db.query<RoleView>({
      name: 'custom-role',
      text: `select ${COLUMNS} from custom_roles where ${VISIBLE} and id = $2`,
      values: [places, id],
    });
    return rows[0] ?? null;
  };

  const requireKnown = (permissions: readonly string[]): void => {
    const unknown = permissions.find((permission) => !known.has(permission));
    if (unknown !== undefined)
      throw new Rejection('permission-unknown', `There is no permission ${unknown}: /docs names each command’s and query’s.`);
  };

  return {
    list: async (places) => {
      const { rows } = await db.query<RoleView>({
        name: 'custom-roles',
        text: `select ${COLUMNS} from custom_roles where ${VISIBLE} order by name`,
        values: [places],
      });
      return rows;
    },

    define: async (by, places, { name, permissions, locationId }, from) => {
      requireKnown(permissions);
      if (isRole(name)) throw new Rejection('role-exists', `${name} is a built-in role: give yours another name.`);
      if (places !== null && (locationId === null || !places.includes(locationId)))
        throw new Rejection('grant-beyond-own', 'A role you make is of a location of yours: say which with locationId.');
      requireHeld(by, permissions, locationId);
      const role: RoleView = { id: newId(), name, permissions, locationId };
      const { rowCount } = await db.query({
        name: 'custom-role-define',
        text: `insert into custom_roles (id, name, permissions, location_id, created_at) values ($1, $2, $3, $4, $5) on conflict (name) do nothing`,
        values: [role.id, name, permissions, locationId, clock.now()],
      });
      if (rowCount !== 1) throw new Rejection('role-exists', `There is a role ${name} already: change it, or give yours another name.`);
      await trail(
        { type: 'RoleDefined', data: { roleId: role.id, name, permissions, locationId } },
        provenance(by, 'DefineRole', locationId, from),
      );
      return role;
    },

    change: async (by, places, id, permissions, from) => {
      requireKnown(permissions);
      const role = await find(places, id);
      if (role === null) return null;
      requireHeld(by, [...role.permissions, ...permissions], role.locationId);
      const { name, locationId } = role;
      await trail(
        { type: 'RoleChanged', data: { roleId: id, name, permissions, locationId } },
        provenance(by, 'ChangeRole', locationId, from),
      );
      await db.query({
        name: 'custom-role-change',
        text: 'update custom_roles set permissions = $2 where id = $1',
        values: [id, permissions],
      });
      await refresh();
      return { ...role, permissions };
    },

    remove: async (by, places, id, from) => {
      const role = await find(places, id);
      if (role === null) return false;
      requireHeld(by, role.permissions, role.locationId);
      await trail({ type: 'RoleRemoved', data: { roleId: id } }, provenance(by, 'RemoveRole', role.locationId, from));
      await db.query({
        name: 'custom-role-remove',
        text: `with holders as (update users set roles = array_remove(roles, $2) where $2 = any(roles))
               delete from custom_roles where id = $1`,
        values: [id, role.name],
      });
      await refresh();
      return true;
    },
  };
};

const requireHeld = (by: Holder, permissions: readonly string[], locationId: string | null): void => {
  if (!holdsAll(by, permissions, locationId === null ? by.locationIds : [locationId]))
    throw new Rejection('grant-beyond-own', 'Nobody gives or takes what he does not hold himself: leave out what you do not have.');
};

const provenance = (by: Principal, commandType: string, locationId: string | null, from: Origin) => ({
  ...ownProvenance(by, commandType, from),
  locationId,
});
