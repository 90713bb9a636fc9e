import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';
import { problemBody, toProblem } from '../problems.ts';
import type { Log } from '../ports.ts';

/** The one place where errors end: every one becomes problem+json, never a stack. */
export const answerProblems =
  (log: Log): Handler =>
  async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined)
        throw new HttpProblem(404, 'route-unknown', 'There is nothing at this path: see /docs.');
      if (ctx.status === 405 && ctx.body === undefined)
        throw new HttpProblem(405, 'method-not-allowed', `This path takes ${ctx.response.get('Allow')}.`);
      if (ctx.status === 501 && ctx.body === undefined) throw new HttpProblem(405, 'method-not-allowed', 'This method is not known here.');
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) log.error({ correlationId: ctx.state.correlationId, path: ctx.path, error }, problem.code);
      ctx.status = problem.status;
      ctx.set(problem.headers as Record<string, string>);
      ctx.type = 'application/problem+json';
      ctx.body = JSON.stringify(problemBody(problem, ctx.path));
    }
  };
