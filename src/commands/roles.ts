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

const grants = (role: Role, permission: string): boolean => {
  const area = `${permission.slice(0, permission.indexOf('.'))}.*`;
  return (roles[role] as readonly string[]).some((granted) => granted === '*' || granted === permission || granted === area);
};

const decided = new Map<string, boolean>();

/** Whether any of the roles has the permission; unknown roles have none. */
export const rolesPermit = (held: readonly string[], permission: string): boolean => {
  const question = `${held.join()}:${permission}`;
  const known = decided.get(question);
  if (known !== undefined) return known;
  const answer = held.some((role) => isRole(role) && grants(role, permission));
  decided.set(question, answer);
  return answer;
};
