import { rolesPermit } from '../commands/roles.ts';
import type { Principal } from './ports.ts';
import { HttpProblem } from './problem.ts';

/** Refuses with 403 where none of the asker's roles has the permission. */
export const requirePermission = (principal: Principal, permission: string): void => {
  if (!rolesPermit(principal.roles, permission)) {
    throw new HttpProblem(403, 'permission-missing', `This needs the permission ${permission}: ask a manager.`);
  }
};
