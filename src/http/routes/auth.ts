import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import type { Identity, LoginRefusal } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

export const Login = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 320 }), password: Type.String({ minLength: 1, maxLength: 1024 }) },
  { additionalProperties: false },
);
export const Refresh = Type.Object(
  { refresh_token: Type.Optional(Type.String({ maxLength: 512, description: 'or send it as Authorization: Bearer' })) },
  { additionalProperties: false },
);
export const TokenPair = Type.Object(
  {
    access_token: Type.String({ description: 'JWT, RS256; check it with /.well-known/jwks.json' }),
    refresh_token: Type.String({ description: 'good for one exchange' }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'seconds until the access token ends' }),
  },
  { additionalProperties: false },
);
export const Me = Type.Object(
  {
    userId: Type.String({ format: 'uuid' }),
    name: Type.String(),
    roles: Type.Array(Type.String()),
    locationIds: Type.Union([Type.Array(Type.String()), Type.Null()], { description: 'null: every location' }),
    terminalId: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false },
);

/** Login, refresh and logout: no access token needed, nothing may be cached. */
export const authRoutes = (identity: Pick<Identity, 'login' | 'refresh' | 'logout'>): Router<State> => {
  const validateLogin = validator(Login);
  const validateRefresh = validator(Refresh);
  const router = new Router<State>({ prefix: '/api/v1/auth' });
  router.use(uncached);

  router.post('/login', async (ctx) => {
    validateLogin(ctx.request.body);
    const { email, password } = ctx.request.body as Type.Static<typeof Login>;
    const answer = await identity.login(email, password);
    if ('refused' in answer) throw problemOf(answer);
    ctx.body = answer;
  });

  router.post('/refresh', async (ctx) => {
    validateRefresh(ctx.request.body ?? {});
    const answer = await identity.refresh(refreshTokenFrom(ctx.request.body, ctx.get('Authorization')));
    if ('refused' in answer)
      throw new HttpProblem(401, answer.refused, 'This refresh token is used, ended or unknown: log in again.', CHALLENGE);
    ctx.body = answer;
  });

  router.post('/logout', async (ctx) => {
    validateRefresh(ctx.request.body ?? {});
    await identity.logout(refreshTokenFrom(ctx.request.body, ctx.get('Authorization')));
    ctx.status = 204;
  });

  return router;
};

/** Who the access token belongs to, as he stands now. */
export const meRoutes = (): Router<State> => {
  const router = new Router<State>({ prefix: '/api/v1/users' });
  router.get('/me', uncached, (ctx) => {
    ctx.body = ctx.state.principal;
  });
  return router;
};

const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/** In the body, or as Bearer; an access token, which has dots, is none. */
const refreshTokenFrom = (body: unknown, authorization: string): string => {
  const inBody = (body as Type.Static<typeof Refresh> | undefined)?.refresh_token;
  const bearer = /^Bearer ([^.]+)$/i.exec(authorization)?.[1];
  const token = inBody ?? bearer;
  if (token === undefined)
    throw new HttpProblem(
      400,
      'refresh-token-missing',
      'Send the refresh token as refresh_token in the body, or as Authorization: Bearer.',
    );
  return token;
};

const problemOf = ({ refused, retryAfterSeconds }: LoginRefusal): HttpProblem => {
  const [status, detail] = REFUSALS[refused];
  return new HttpProblem(status, refused, detail, retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) });
};

const REFUSALS: { readonly [Refused in LoginRefusal['refused']]: readonly [status: number, detail: string] } = {
  'invalid-credentials': [401, 'The e-mail address or the password is wrong.'],
  'account-locked': [429, 'Too many wrong passwords: try again later.'],
  'account-disabled': [403, 'This account is disabled: ask a manager.'],
  'login-overloaded': [503, 'Too many log in at this moment: try again in a second.'],
};
