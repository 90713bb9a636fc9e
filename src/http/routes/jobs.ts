import Router from '@koa/router';
import Type from 'typebox';
import type { State } from '../context.ts';
import { requirePermission } from '../permit.ts';
import type { Jobs, JobState } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

export const JobsQuery = Type.Object(
  {
    queue: Type.Optional(Type.String({ description: 'a queue, as reorder-alerts; none: all' })),
    state: Type.Optional(Type.Enum(['waiting', 'active', 'delayed', 'completed', 'failed', 'dead'])),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|[12][0-9]{2}|300)$', description: '1 to 300; 50 where none is given' })),
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}[.][0-9]{1,9}$', description: 'the next of the page before' })),
  },
  { additionalProperties: false },
);

type Asked = { readonly queue?: string; readonly state?: JobState; readonly limit?: string; readonly after?: string };

/** What goes on in the job queues, and another try for a job that is dead. */
export const jobRoutes = (jobs: Jobs): Router<State> => {
  const validate = validator(JobsQuery);
  const router = new Router<State>({ prefix: '/api/v1/jobs' });

  router.get('/', async (ctx) => {
    const { principal } = ctx.state;
    const locationIds = requirePermission(principal, 'jobs.read');
    validate(ctx.query);
    const { queue = null, state = null, limit = '50', after = null } = ctx.query as Asked;
    if (queue !== null && !jobs.queues.includes(queue)) {
      throw new HttpProblem(400, 'queue-unknown', `There is no queue ${queue}: ask for ${jobs.queues.join(', ')}.`);
    }
    const page = await jobs.list({ queue, state, locationIds }, Number(limit), after);
    ctx.body = { ...page, queues: await jobs.counts() };
  });

  router.post('/:jobId/retry', async (ctx) => {
    const { principal } = ctx.state;
    const locationIds = requirePermission(principal, 'jobs.retry');
    const { jobId = '' } = ctx.params;
    const outcome = await jobs.retry(jobId, locationIds);
    if (outcome === 'unknown') throw new HttpProblem(404, 'job-unknown', 'There is no such job, or it is another location’s.');
    if (outcome === 'not-dead') throw new HttpProblem(409, 'job-not-dead', 'Only a dead job can be tried again: look at its state.');
    ctx.body = { jobId, state: 'waiting' };
  });

  return router;
};
