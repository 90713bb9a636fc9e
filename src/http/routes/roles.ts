import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import { roles as builtIn } from '../../commands/roles.ts';
import type { CustomRoles } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { originOf } from '../origin-of.ts';
import { requirePermission } from '../permit.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

const Permissions = Type.Array(Type.String({ pattern: '^[a-z-]{1,40}[.][a-z-]{1,40}$', examples: ['order.void-line'] }), {
  minItems: 1,
  maxItems: 300,
  uniqueItems: true,
});
const LocationId = Type.Union([Type.String({ format: 'uuid' }), Type.Null()], { description: 'null: wherever its holder may be' });
const RoleName = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,39}$',
  description: 'lower-case letters, digits and hyphens',
  examples: ['shift-lead'],
});

export const Role = Type.Object(
  { id: Type.String({ format: 'uuid' }), name: RoleName, permissions: Permissions, locationId: LocationId },
  { additionalProperties: false },
);
export const DefineRole = Type.Object(
  { name: RoleName, permissions: Permissions, locationId: LocationId },
  { additionalProperties: false },
);
export const ChangeRole = Type.Object({ permissions: Permissions }, { additionalProperties: false });

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const unknown = (): HttpProblem => new HttpProblem(404, 'role-unknown', 'There is no such role, or none of your locations.');

/** Roles the restaurant makes for itself, beside the built-in ones. */
export const roleRoutes = (roles: CustomRoles): Router<State> => {
  const validateDefine = validator(DefineRole);
  const validateChange = validator(ChangeRole);
  const router = new Router<State>({ prefix: '/api/v1/roles' });
  router.use(uncached);

  const idIn = ({ id = '' }: { readonly id?: string }): string => {
    if (!UUID.test(id)) throw unknown();
    return id;
  };

  router.get('/', async (ctx) => {
    const places = requirePermission(ctx.state.principal, 'role.read');
    ctx.body = { builtIn, items: await roles.list(places) };
  });

  router.post('/', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'role.define');
    validateDefine(ctx.request.body);
    ctx.body = await roles.define(principal, places, ctx.request.body as Type.Static<typeof DefineRole>, originOf(ctx));
    ctx.status = 201;
  });

  router.put('/:id', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'role.change');
    validateChange(ctx.request.body);
    const { permissions } = ctx.request.body as Type.Static<typeof ChangeRole>;
    const changed = await roles.change(principal, places, idIn(ctx.params), permissions, originOf(ctx));
    if (changed === null) throw unknown();
    ctx.body = changed;
  });

  router.delete('/:id', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'role.remove');
    if (!(await roles.remove(principal, places, idIn(ctx.params), originOf(ctx)))) throw unknown();
    ctx.status = 204;
  });

  return router;
};
