import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { SecondFactorSetup } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { originOf } from '../origin-of.ts';
import { validator } from '../validate.ts';

export const BeginSecondFactor = Type.Object({ password: Type.String({ minLength: 1, maxLength: 1024 }) }, { additionalProperties: false });
export const SecondFactorSecret = Type.Object(
  { secret: Type.String({ description: 'base32' }), uri: Type.String({ description: 'what an authenticator reads from a QR code' }) },
  { additionalProperties: false },
);
export const SecondFactorCode = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 11, description: 'of the authenticator, or a recovery code to remove it' }) },
  { additionalProperties: false },
);
export const RecoveryCodes = Type.Object(
  { recovery_codes: Type.Array(Type.String(), { description: 'each good once instead of a code; shown only now' }) },
  { additionalProperties: false },
);

/** One’s own second factor (TOTP, RFC 6238). */
export const secondFactorRoutes = (setup: SecondFactorSetup): Router<State> => {
  const validateBegin = validator(BeginSecondFactor);
  const validateCode = validator(SecondFactorCode);
  const router = new Router<State>({ prefix: '/api/v1/auth/second-factor' });
  router.use(uncached);

  router.post('/', async (ctx) => {
    validateBegin(ctx.request.body);
    ctx.body = await setup.begin(ctx.state.principal, (ctx.request.body as Type.Static<typeof BeginSecondFactor>).password);
  });

  router.post('/confirm', async (ctx) => {
    validateCode(ctx.request.body);
    const { code } = ctx.request.body as Type.Static<typeof SecondFactorCode>;
    ctx.body = { recovery_codes: await setup.confirm(ctx.state.principal, code, originOf(ctx)) };
  });

  router.post('/remove', async (ctx) => {
    validateCode(ctx.request.body);
    const { code } = ctx.request.body as Type.Static<typeof SecondFactorCode>;
    await setup.remove(ctx.state.principal, code, originOf(ctx));
    ctx.status = 204;
  });

  return router;
};
