/** A role is a set of permissions: exact ones, or all of an area (`order.*`), or all (`*`). */
export const roles = {
  owner: ['*'],
  manager: [
    'order.*',
    'kitchen.*',
    'stock.*',
    'menu.*',
    'location.*',
    'table.*',
    'tables.*',
    'shift.*',
    'report.*',
    'alert.*',
    'alerts.*',
    'audit.*',
    'jobs.*',
    'privacy.*',
    'health.read',
    'user.*',
    'role.*',
    'session.*',
    'terminal.*',
  ],
  chef: ['kitchen.*', 'order.read', 'stock.*', 'menu.*', 'alert.*', 'alerts.*', 'location.read', 'shift.*'],
  cook: ['kitchen.*', 'order.read', 'stock.read', 'stock.waste', 'menu.read', 'location.read', 'shift.*'],
  server: [
    'order.open',
    'order.add-lines',
    'order.change-line',
    'order.remove-line',
    'order.send',
    'order.tender',
    'order.close',
    'order.read',
    'kitchen.read',
    'menu.read',
    'location.read',
    'tables.read',
    'table.seat',
    'table.release',
    'shift.*',
  ],
  cashier: ['order.read', 'order.tender', 'order.close', 'menu.read', 'location.read', 'tables.read', 'table.release', 'shift.*'],
  host: ['tables.read', 'table.seat', 'table.release', 'order.read', 'location.read', 'shift.*'],
  purchaser: ['stock.*', 'alert.*', 'alerts.*', 'menu.read', 'location.read', 'shift.*'],
  analyst: [
    'report.read',
    'order.read',
    'stock.read',
    'menu.read',
    'location.read',
    'tables.read',
    'shift.read',
    'kitchen.read',
    'alerts.read',
  ],
  auditor: ['audit.*', 'order.read', 'stock.read', 'menu.read', 'location.read', 'tables.read', 'shift.read', 'report.read', 'health.read'],
  terminal: ['order.*', 'kitchen.*', 'menu.read', 'location.read', 'tables.read', 'table.seat', 'table.release'],
  display: ['kitchen.*', 'menu.read', 'location.read', 'tables.read', 'alerts.read'],
} as const satisfies { readonly [role: string]: readonly string[] };

export type Role = keyof typeof roles;

export const isRole = (name: string): name is Role => Object.hasOwn(roles, name);

const covers = (granted: readonly string[], permission: string): boolean => {
  const area = `${permission.slice(0, permission.indexOf('.'))}.*`;
  return granted.some((pattern) => pattern === '*' || pattern === permission || pattern === area);
};

const decided = new Map<string, boolean>();

/** Whether any of the built-in roles has the permission, or all of an area (`order.*`); unknown roles have none. */
export const rolesPermit = (held: readonly string[], permission: string): boolean => {
  const question = `${held.join()}:${permission}`;
  const known = decided.get(question);
  if (known !== undefined) return known;
  const answer = held.some((role) => isRole(role) && covers(roles[role], permission));
  decided.set(question, answer);
  return answer;
};

/** What a role made by the restaurant adds; `locationId` null: wherever its holder may be. */
export type Grant = { readonly permissions: readonly string[]; readonly locationId: string | null };

/** `locationIds` null: every location. */
export type Holder = {
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
  readonly grants?: readonly Grant[];
  /** Nothing beyond these, whatever the roles say: a PIN opens less than a password. */
  readonly within?: readonly string[];
};

/** Where the holder may do this: null everywhere, undefined nowhere. */
export const placesFor = (holder: Holder, permission: string): readonly string[] | null | undefined => {
  const { within, grants, locationIds } = holder;
  if (within !== undefined && !covers(within, permission)) return undefined;
  if (rolesPermit(holder.roles, permission)) return locationIds;
  if (grants === undefined) return undefined;
  const granting = grants.filter(({ permissions }) => covers(permissions, permission));
  if (granting.length === 0) return undefined;
  const places = granting.map(({ locationId }) => locationId);
  if (places.includes(null)) return locationIds;
  return places.filter((place) => place !== null).filter((place) => locationIds === null || locationIds.includes(place));
};

/** Whether the holder may do all of this in all of these places, and so may let others do it. */
export const holdsAll = (holder: Holder, permissions: readonly string[], locationIds: readonly string[] | null): boolean =>
  permissions.every((permission) => {
    const places = placesFor(holder, permission);
    return places !== undefined && (places === null || (locationIds?.every((place) => places.includes(place)) ?? false));
  });

/** What the floor needs, and all that a PIN opens at a shared terminal. */
export const pinPermissions: readonly string[] = [
  'order.*',
  'kitchen.*',
  'table.*',
  'tables.read',
  'menu.read',
  'location.read',
  'shift.*',
  'alerts.read',
  'stock.waste',
];

/** Of the routes that are neither commands nor queries. */
export const routePermissions = [
  'audit.export',
  'health.read',
  'jobs.read',
  'jobs.retry',
  'user.read',
  'user.create',
  'user.change',
  'user.remove',
  'role.read',
  'role.define',
  'role.change',
  'role.remove',
  'session.read',
  'session.revoke',
  'terminal.read',
  'terminal.enrol',
] as const;
