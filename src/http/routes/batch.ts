import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import type { State } from '../context.ts';
import type { Dispatch } from '../dispatch.ts';
import { HttpProblem } from '../problem.ts';
import { problemBody, toProblem } from '../problems.ts';
import type { Log } from '../ports.ts';
import { validator } from '../validate.ts';

export const Batch = Type.Object(
  {
    commands: Type.Array(
      Type.Object(
        {
          type: Type.String({ description: 'the name of a command, as OpenOrder' }),
          key: Type.String({ description: 'its Idempotency-Key' }),
          data: Type.Record(Type.String(), Type.Unknown(), { description: 'path parameters and body together' }),
          ifMatch: Type.Optional(Type.Integer({ minimum: 0 })),
          occurredAt: Type.Optional(Type.String({ format: 'date-time' })),
          approval: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'what somebody who may do this gave with his PIN (POST /api/v1/auth/approvals)',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 500 },
    ),
  },
  { additionalProperties: false },
);
type Batch = Type.Static<typeof Batch>;
type Outcome = { readonly key: string; readonly status: number; readonly body: object };

const PATH = '/commands';

/** Many commands in one request, done in their order; each with its own key and outcome, and none undone by another's refusal. */
export const batchRoutes = (dispatches: ReadonlyMap<string, Dispatch>, log: Log): Router<State> => {
  const validate = validator(Batch, { cardNumbers: 'refused-later' });
  const router = new Router<State>({ prefix: '/api/v1' });
  router.post(PATH, async (ctx) => {
    validate(ctx.request.body);
    const { commands } = ctx.request.body as Batch;
    const outcomes: Outcome[] = [];
    for (const command of commands) outcomes.push(await outcomeOf(command, dispatches, ctx.state, log));
    ctx.body = { outcomes };
  });
  return router;
};

const outcomeOf = async (
  command: Batch['commands'][number],
  dispatches: ReadonlyMap<string, Dispatch>,
  state: State,
  log: Log,
): Promise<Outcome> => {
  try {
    const dispatch = dispatches.get(command.type);
    if (dispatch === undefined) throw new HttpProblem(400, 'command-unknown', `There is no command ${command.type}.`);
    const data = command.occurredAt === undefined ? command.data : { ...command.data, occurredAt: command.occurredAt };
    const { key, ifMatch = null, approval = null } = command;
    const { status, body } = await dispatch({ ...state, data, key, ifMatch, approval });
    return { key: command.key, status, body };
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) log.error({ correlationId: state.correlationId, commandType: command.type, error }, problem.code);
    return { key: command.key, status: problem.status, body: problemBody(problem, `/api/v1${PATH}`) };
  }
};
