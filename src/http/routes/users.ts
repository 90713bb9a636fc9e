import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { AccountChanges, Administration, NewAccount } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { originOf } from '../origin-of.ts';
import { requirePermission } from '../permit.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';
import { Email, FullName, NewPassword } from './auth.ts';
import { accountProperties } from './me.ts';

const RoleNames = Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', examples: ['server'] }), {
  uniqueItems: true,
  maxItems: 20,
  description: 'built-in ones, as server, or those of /api/v1/roles',
});
const LocationIds = Type.Union([Type.Array(Type.String({ format: 'uuid' }), { uniqueItems: true, maxItems: 1000 }), Type.Null()], {
  description: 'null: every location',
});

export const Account = Type.Object({ ...accountProperties, disabled: Type.Boolean() }, { additionalProperties: false });
export const CreateUser = Type.Object(
  { email: Email, password: NewPassword, full_name: FullName, roles: RoleNames, locationIds: LocationIds },
  { additionalProperties: false },
);
export const ChangeUser = Type.Object(
  {
    email: Type.Optional(Email),
    password: Type.Optional(NewPassword),
    full_name: Type.Optional(FullName),
    roles: Type.Optional(RoleNames),
    locationIds: Type.Optional(LocationIds),
    disabled: Type.Optional(Type.Boolean()),
    current_password: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1024, description: 'where your own e-mail address, password or second factor is changed' }),
    ),
    second_factor: Type.Optional(Type.Literal(false, { description: 'false: takes it away from who has lost it' })),
  },
  { additionalProperties: false },
);
export const UsersQuery = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 320, description: 'of one person' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[12][0-9]{2}|300)$', description: '1 to 300; 50 where none is given' })),
    after: Type.Optional(Type.String({ format: 'uuid', description: 'the next of the page before' })),
  },
  { additionalProperties: false },
);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const unknown = (): HttpProblem => new HttpProblem(404, 'user-unknown', 'There is no such person, or none of your locations.');

/** People and what they may do, for those who administer them. */
export const userRoutes = (administration: Administration): Router<State> => {
  const validateQuery = validator(UsersQuery);
  const validateCreate = validator(CreateUser);
  const validateChange = validator(ChangeUser);
  const router = new Router<State>({ prefix: '/api/v1/users' });
  router.use(uncached);

  const idIn = ({ id = '' }: { readonly id?: string }): string => {
    if (!UUID.test(id)) throw unknown();
    return id;
  };

  router.get('/', async (ctx) => {
    const places = requirePermission(ctx.state.principal, 'user.read');
    validateQuery(ctx.query);
    const { email = null, limit = '50', after = null } = ctx.query as Type.Static<typeof UsersQuery>;
    ctx.body = await administration.list(places, { email, limit: Number(limit), after });
  });

  router.post('/', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'user.create');
    validateCreate(ctx.request.body);
    ctx.body = await administration.create(principal, places, ctx.request.body as NewAccount, originOf(ctx));
    ctx.status = 201;
  });

  router.get('/:id', async (ctx) => {
    const found = await administration.show(requirePermission(ctx.state.principal, 'user.read'), idIn(ctx.params));
    if (found === null) throw unknown();
    ctx.body = found;
  });

  router.put('/:id', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'user.change');
    validateChange(ctx.request.body);
    const changed = await administration.change(principal, places, idIn(ctx.params), ctx.request.body as AccountChanges, originOf(ctx));
    if (changed === null) throw unknown();
    ctx.body = changed;
  });

  router.delete('/:id', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'user.remove');
    if (!(await administration.remove(principal, places, idIn(ctx.params), originOf(ctx)))) throw unknown();
    ctx.status = 204;
  });

  return router;
};
