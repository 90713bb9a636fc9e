import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { Json } from '../../domain/decider.ts';
import type { Accounts, Preferences } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { validator } from '../validate.ts';

const Texts = Type.Array(Type.String());

/** What is told of every account. */
export const accountProperties = {
  id: Type.String({ format: 'uuid' }),
  email: Type.String(),
  full_name: Type.String(),
  roles: Texts,
  locationIds: Type.Union([Texts, Type.Null()], { description: 'null: every location' }),
  terminalId: Type.Union([Type.String(), Type.Null()]),
  second_factor: Type.Boolean(),
  created_at: Type.String({ format: 'date-time' }),
};
export const Me = Type.Object(
  {
    ...accountProperties,
    withheld: Type.Array(Type.String(), { description: 'roles that count once you have a second factor, or a password of your own' }),
    preferences: Type.Object({}, { additionalProperties: true }),
  },
  { additionalProperties: false },
);
export const ChangeMe = Type.Object(
  {
    full_name: Type.Optional(Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' })),
    preferences: Type.Optional(
      Type.Object(
        {},
        { additionalProperties: true, description: 'of your own, as {"theme": "dark", "notifications": true}; replaces those before' },
      ),
    ),
  },
  { additionalProperties: false },
);

/** Who the access token belongs to, as he stands now, and what he may change of that himself. */
export const meRoutes = (accounts: Pick<Accounts, 'me' | 'changeMe'>): Router<State> => {
  const validate = validator(ChangeMe);
  const router = new Router<State>({ prefix: '/api/v1/users' });
  router.get('/me', uncached, async (ctx) => {
    ctx.body = await accounts.me(ctx.state.principal);
  });
  router.put('/me', uncached, async (ctx) => {
    validate(ctx.request.body);
    const { full_name: fullName, preferences } = ctx.request.body as {
      readonly full_name?: string;
      readonly preferences?: { readonly [name: string]: Json };
    };
    ctx.body = await accounts.changeMe(ctx.state.principal, {
      ...(fullName === undefined ? {} : { full_name: fullName }),
      ...(preferences === undefined ? {} : { preferences: preferences satisfies Preferences }),
    });
  });
  return router;
};
