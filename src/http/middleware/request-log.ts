import type { Handler } from '../context.ts';
import type { HttpMetrics, Log } from '../ports.ts';

const CORRELATION_ID = /^[\w.:-]{1,100}$/;
const TRACE_PARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Gives each request its correlation id, and when it ends counts it and writes one line. */
export const requestLog =
  (log: Log, metrics: HttpMetrics, newId: () => string): Handler =>
  async (ctx, next) => {
    const started = performance.now();
    const given = ctx.get('X-Correlation-Id');
    ctx.state.correlationId = CORRELATION_ID.test(given) ? given : newId();
    const trace = ctx.get('traceparent');
    ctx.state.traceParent = TRACE_PARENT.test(trace) ? trace : null;
    ctx.set('X-Correlation-Id', ctx.state.correlationId);
    await next();
    const ms = performance.now() - started;
    const route = ctx.state.route ?? (typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none');
    metrics.requestEnded(ctx.method, route, ctx.status, ms / 1000);
    log.info(
      {
        correlationId: ctx.state.correlationId,
        method: ctx.method,
        path: ctx.path,
        route,
        status: ctx.status,
        ms: Math.round(ms * 100) / 100,
        userId: ctx.state.principal?.userId,
      },
      'request',
    );
  };
