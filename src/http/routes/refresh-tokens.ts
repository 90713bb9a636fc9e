import Router from '@koa/router';
import Type from 'typebox';
import type { SessionRegister } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { originOf } from '../origin-of.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

const Time = Type.String({ format: 'date-time' });

export const SessionsQuery = Type.Object(
  { user_id: Type.Optional(Type.String({ format: 'uuid', description: 'somebody else’s, with the permission session.read' })) },
  { additionalProperties: false },
);
export const SessionAnswer = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    user_id: Type.String({ format: 'uuid' }),
    method: Type.Enum(['password', 'pin', 'terminal']),
    terminalId: Type.Union([Type.String(), Type.Null()]),
    created_at: Time,
    used_at: Time,
    expires_at: Time,
    current: Type.Boolean({ description: 'the one that asks' }),
  },
  { additionalProperties: false },
);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const unknown = (): HttpProblem => new HttpProblem(404, 'session-unknown', 'There is no such session, or it is over: list them again.');

/** Sessions, each with one refresh token whose value was told when it was made and is never told again. */
export const refreshTokenRoutes = (register: SessionRegister): Router<State> => {
  const validate = validator(SessionsQuery);
  const router = new Router<State>({ prefix: '/api/v1/refresh_tokens' });
  router.use(uncached);

  router.get('/', async (ctx) => {
    validate(ctx.query);
    const { user_id: userId = null } = ctx.query as Type.Static<typeof SessionsQuery>;
    ctx.body = { items: await register.list(ctx.state.principal, userId) };
  });

  router.get('/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    const session = UUID.test(id) ? await register.show(ctx.state.principal, id) : null;
    if (session === null) throw unknown();
    ctx.body = session;
  });

  router.delete('/:id', async (ctx) => {
    const { id = '' } = ctx.params;
    if (!UUID.test(id) || !(await register.revoke(ctx.state.principal, id, originOf(ctx)))) throw unknown();
    ctx.status = 204;
  });

  return router;
};
