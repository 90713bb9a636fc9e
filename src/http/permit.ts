import { placesFor } from '../commands/roles.ts';
import type { Principal } from './ports.ts';
import { HttpProblem } from './problem.ts';

/** Where the asker may do this (null: everywhere); refuses with 403 where nothing he holds has the permission. */
export const requirePermission = (principal: Principal, permission: string): readonly string[] | null => {
  const places = placesFor(principal, permission);
  if (places !== undefined) return places;
  if (principal.passwordGiven === true)
    throw new HttpProblem(403, 'own-password-required', 'Another chose this password: set your own first, with PUT /api/v1/auth/password.');
  if (principal.withheld !== undefined && placesFor({ ...principal, roles: principal.withheld }, permission) !== undefined) {
    throw new HttpProblem(
      403,
      'second-factor-required',
      'Your role asks for a second factor: set one up with POST /api/v1/auth/second-factor.',
    );
  }
  throw new HttpProblem(403, 'permission-missing', `This needs the permission ${permission}: ask a manager.`);
};
