import Router from '@koa/router';
import Type from 'typebox';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { requirePermission } from '../permit.ts';
import type { Health } from '../ports.ts';

export const Alive = Type.Object({ status: Type.Enum(['up', 'down']) }, { additionalProperties: false });
export const Report = Type.Object(
  {
    status: Type.Enum(['up', 'degraded', 'down']),
    logPosition: Type.Integer(),
    dependencies: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          status: Type.Enum(['up', 'down']),
          detail: Type.Union([Type.String(), Type.Null()]),
          latencyMs: Type.Union([Type.Number(), Type.Null()]),
        },
        { additionalProperties: false },
      ),
    ),
    projections: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          version: Type.Integer(),
          position: Type.Integer(),
          lagEvents: Type.Integer(),
          parkedStreams: Type.Integer(),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** For whoever restarts us and whoever sends us requests; they need no token and learn nothing else. */
export const probeRoutes = (health: Pick<Health, 'ready'>): Router<State> => {
  const router = new Router<State>({ prefix: '/health' });
  router.get('/live', uncached, (ctx) => {
    ctx.body = { status: 'up' };
  });
  router.get('/ready', uncached, async (ctx) => {
    const ready = await health.ready();
    ctx.status = ready ? 200 : 503;
    ctx.body = { status: ready ? 'up' : 'down' };
  });
  return router;
};

/** What is up, and how far each projection is. */
export const healthRoutes = (health: Pick<Health, 'report'>): Router<State> => {
  const router = new Router<State>();
  router.get('/health', uncached, async (ctx) => {
    requirePermission(ctx.state.principal, 'health.read');
    const report = await health.report();
    ctx.status = report.status === 'down' ? 503 : 200;
    ctx.body = report;
  });
  return router;
};
