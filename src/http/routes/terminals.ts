import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { Approvals, Pins, Terminals } from '../account-ports.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { originOf } from '../origin-of.ts';
import { requirePermission } from '../permit.ts';
import { validator } from '../validate.ts';

const Pin = Type.String({ pattern: '^[0-9]{6}$', examples: ['480215'] });

export const EnrolTerminal = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
      description: 'stands in the log beside what is done at it',
      examples: ['bar'],
    }),
    locationId: Type.String({ format: 'uuid' }),
  },
  { additionalProperties: false },
);
export const IssuePin = Type.Object({ password: Type.String({ minLength: 1, maxLength: 1024 }) }, { additionalProperties: false });
export const SignInWithPin = Type.Object({ pin: Pin }, { additionalProperties: false });
export const Approve = Type.Object(
  {
    pin: Pin,
    permission: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'what is approved, as order.void-line',
      examples: ['order.void-line'],
    }),
    subject: Type.String({ minLength: 1, maxLength: 100, description: 'the one thing it is approved for, as the id of the line' }),
  },
  { additionalProperties: false },
);

/** Terminals that people share. */
export const terminalRoutes = (terminals: Terminals): Router<State> => {
  const validate = validator(EnrolTerminal);
  const router = new Router<State>({ prefix: '/api/v1/terminals' });
  router.use(uncached);

  router.get('/', async (ctx) => {
    ctx.body = { items: await terminals.list(requirePermission(ctx.state.principal, 'terminal.read')) };
  });

  router.post('/', async (ctx) => {
    const { principal } = ctx.state;
    const places = requirePermission(principal, 'terminal.enrol');
    validate(ctx.request.body);
    const terminal = ctx.request.body as Type.Static<typeof EnrolTerminal>;
    const { tokens, ...enrolled } = await terminals.enrol(principal, places, terminal, originOf(ctx));
    ctx.status = 201;
    ctx.body = { ...enrolled, ...tokens };
  });

  return router;
};

/** Who stands at a terminal, and a manager's word given there. The terminal asks with its own token. */
export const pinRoutes = (pins: Pins, approvals: Pick<Approvals, 'give'>): Router<State> => {
  const validateIssue = validator(IssuePin);
  const validateSignIn = validator(SignInWithPin);
  const validateApprove = validator(Approve);
  const router = new Router<State>({ prefix: '/api/v1' });

  router.post('/users/me/pin', uncached, async (ctx) => {
    validateIssue(ctx.request.body);
    const { password } = ctx.request.body as Type.Static<typeof IssuePin>;
    ctx.body = { pin: await pins.issueOwn(ctx.state.principal, password, originOf(ctx)) };
  });

  router.post('/auth/pin', uncached, async (ctx) => {
    validateSignIn(ctx.request.body);
    ctx.body = await pins.signIn(ctx.state.principal, (ctx.request.body as Type.Static<typeof SignInWithPin>).pin, originOf(ctx));
  });

  router.post('/auth/approvals', uncached, async (ctx) => {
    validateApprove(ctx.request.body);
    ctx.body = await approvals.give(ctx.state.principal, ctx.request.body as Type.Static<typeof Approve>, originOf(ctx));
  });

  return router;
};
