import type { Handler } from '../context.ts';
import type { HttpMetrics, Log } from '../ports.ts';

const CORRELATION_ID = /^[\w.:-]{1,100}$/;
const TRACE_PARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The sender's own where it has the form of one, else a new one. */
export const correlationIdFrom = (given: string, newId: () => string): string => (CORRELATION_ID.test(given) ? given : newId());
export const traceParentFrom = (given: string): string | null => (TRACE_PARENT.test(given) ? given : null);

type Answered = {
  readonly correlationId: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly userId: string | undefined;
  /** Since it came. */
  readonly ms: number;
};

/** Counts an answered request and writes one line. */
export const noteAnswer =
  (log: Log, metrics: HttpMetrics): ((answered: Answered) => void) =>
  ({ correlationId, method, path, route, status, userId, ms }) => {
    metrics.requestEnded(method, route, status, ms / 1000);
    log.info({ correlationId, method, path, route, status, ms: Math.round(ms * 100) / 100, userId }, 'request');
  };

/** Gives each request its correlation id, and notes it when it ends. */
export const requestLog = (log: Log, metrics: HttpMetrics, newId: () => string): Handler => {
  const note = noteAnswer(log, metrics);
  return async (ctx, next) => {
    const started = performance.now();
    const correlationId = correlationIdFrom(ctx.get('X-Correlation-Id'), newId);
    ctx.state.correlationId = correlationId;
    ctx.state.traceParent = traceParentFrom(ctx.get('traceparent'));
    ctx.set('X-Correlation-Id', correlationId);
    await next();
    const { method, path, status } = ctx;
    const route = ctx.state.route ?? (typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none');
    note({ correlationId, method, path, route, status, userId: ctx.state.principal?.userId, ms: performance.now() - started });
  };
};
