import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { Accounts, PasswordResets } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { keepDevice, originOf } from '../origin-of.ts';
import type { Identity, LoginRefusal } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

export const Email = Type.String({ minLength: 3, maxLength: 320, pattern: '^[^@\\s]+@[^@\\s]+$', description: 'an e-mail address' });
export const FullName = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' });
const Password = Type.String({ minLength: 1, maxLength: 1024 });
export const NewPassword = Type.String({ minLength: 1, maxLength: 1024, description: '12 to 128 characters, none of those tried first' });

export const Login = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 320 }),
    password: Password,
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 11, description: 'of the second factor, or a recovery code' })),
  },
  { additionalProperties: false },
);
export const Register = Type.Object({ email: Email, password: NewPassword, full_name: FullName }, { additionalProperties: false });
export const Registered = Type.Object({ email: Type.String(), full_name: Type.String() }, { additionalProperties: false });
export const ForgotPassword = Type.Object({ email: Type.String({ minLength: 1, maxLength: 320 }) }, { additionalProperties: false });
export const ResetPassword = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200, description: 'from the mailed link' }), new_password: NewPassword },
  { additionalProperties: false },
);
export const ChangePassword = Type.Object({ current_password: Password, new_password: NewPassword }, { additionalProperties: false });
export const Refresh = Type.Object(
  { refresh_token: Type.Optional(Type.String({ maxLength: 512, description: 'or send it as Authorization: Bearer' })) },
  { additionalProperties: false },
);
export const TokenPair = Type.Object(
  {
    access_token: Type.String({ description: 'JWT; check it with /.well-known/jwks.json' }),
    refresh_token: Type.String({ description: 'good for one exchange' }),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'seconds until the access token ends' }),
  },
  { additionalProperties: false },
);
/** Registration, login, refresh and logout: no access token needed, nothing may be cached. */
export const authRoutes = (
  identity: Pick<Identity, 'login' | 'refresh' | 'logout'>,
  accounts: Pick<Accounts, 'register'>,
): Router<State> => {
  const validateRegister = validator(Register);
  const validateLogin = validator(Login);
  const validateRefresh = validator(Refresh);
  const router = new Router<State>({ prefix: '/api/v1/auth' });
  router.use(uncached);

  router.post('/register', async (ctx) => {
    validateRegister(ctx.request.body);
    const registration = ctx.request.body as Type.Static<typeof Register>;
    await accounts.register(registration, originOf(ctx));
    ctx.status = 201;
    ctx.body = { email: registration.email, full_name: registration.full_name };
  });

  router.post('/login', async (ctx) => {
    validateLogin(ctx.request.body);
    const { email, password, code = null } = ctx.request.body as Type.Static<typeof Login>;
    const answer = await identity.login({ email, password, code }, originOf(ctx));
    if ('refused' in answer) throw problemOf(answer);
    if (answer.device !== null) keepDevice(ctx, answer.device);
    ctx.body = answer.tokens;
  });

  router.post('/refresh', async (ctx) => {
    validateRefresh(ctx.request.body ?? {});
    const answer = await identity.refresh(refreshTokenFrom(ctx.request.body, ctx.get('Authorization')), originOf(ctx));
    if ('refused' in answer)
      throw new HttpProblem(401, answer.refused, 'This refresh token is used, ended or unknown: log in again.', CHALLENGE);
    ctx.body = answer;
  });

  router.post('/logout', async (ctx) => {
    validateRefresh(ctx.request.body ?? {});
    const token = tokenFrom(ctx.request.body, ctx.get('Authorization'), ANY_BEARER);
    // An access token ends its session only as what it is, as Bearer.
    if (!sentInBody(ctx.request.body) || !token.includes('.')) await identity.logout(token, originOf(ctx));
    ctx.status = 204;
  });

  return router;
};

/** What one does with an access token to one's own password. */
export const passwordRoutes = (accounts: Pick<Accounts, 'changePassword'>): Router<State> => {
  const validate = validator(ChangePassword);
  const router = new Router<State>({ prefix: '/api/v1/auth' });
  router.put('/password', uncached, async (ctx) => {
    validate(ctx.request.body);
    await accounts.changePassword(ctx.state.principal, ctx.request.body as Type.Static<typeof ChangePassword>, originOf(ctx));
    ctx.status = 204;
  });
  return router;
};

/** A new password for who has forgotten his. */
export const resetRoutes = (resets: PasswordResets): Router<State> => {
  const validateForgot = validator(ForgotPassword);
  const validateReset = validator(ResetPassword);
  const router = new Router<State>({ prefix: '/api/v1/auth/password' });
  router.use(uncached);
  router.post('/forgot', async (ctx) => {
    validateForgot(ctx.request.body);
    await resets.request((ctx.request.body as Type.Static<typeof ForgotPassword>).email, originOf(ctx));
    ctx.status = 202;
    ctx.body = { detail: 'If there is such an account, a link is on its way to it.' };
  });
  router.post('/reset', async (ctx) => {
    validateReset(ctx.request.body);
    await resets.confirm(ctx.request.body as Type.Static<typeof ResetPassword>, originOf(ctx));
    ctx.status = 204;
  });
  return router;
};

const CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/** An access token has dots, a refresh token has none. */
const REFRESH_BEARER = /^Bearer ([^.]+)$/i;
const ANY_BEARER = /^Bearer (\S+)$/i;

const sentInBody = (body: unknown): boolean => (body as Type.Static<typeof Refresh> | undefined)?.refresh_token !== undefined;

const tokenFrom = (body: unknown, authorization: string, bearer: RegExp): string => {
  const token = (body as Type.Static<typeof Refresh> | undefined)?.refresh_token ?? bearer.exec(authorization)?.[1];
  if (token === undefined)
    throw new HttpProblem(
      400,
      'refresh-token-missing',
      'Send the refresh token as refresh_token in the body, or as Authorization: Bearer.',
    );
  return token;
};

const refreshTokenFrom = (body: unknown, authorization: string): string => tokenFrom(body, authorization, REFRESH_BEARER);

const problemOf = ({ refused, retryAfterSeconds }: LoginRefusal): HttpProblem => {
  const [status, detail] = REFUSALS[refused];
  return new HttpProblem(status, refused, detail, retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) });
};

const REFUSALS: { readonly [Refused in LoginRefusal['refused']]: readonly [status: number, detail: string] } = {
  'invalid-credentials': [401, 'The e-mail address or the password is wrong.'],
  'account-locked': [429, 'Too many wrong passwords: try again later.'],
  'account-disabled': [403, 'This account is disabled: ask a manager.'],
  'login-overloaded': [503, 'Too many log in at this moment: try again in a second.'],
  'second-factor-required': [401, 'Send the code that your authenticator shows as `code`, or a recovery code.'],
  'code-wrong': [401, 'The code is wrong, or was used: send the next one.'],
};
