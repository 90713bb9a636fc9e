import cors from '@koa/cors';
import type { Handler } from '../context.ts';

/** Pages of listed origins may call, with credentials; others are told nothing, so that their browser keeps the answer from them. */
export const crossOrigin = (allowed: readonly string[]): Handler =>
  cors({
    origin: (ctx) => {
      const origin = ctx.get('Origin');
      return allowed.includes(origin) ? origin : '';
    },
    credentials: true,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Approval',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'Min-Position',
      'X-Correlation-Id',
      'traceparent',
    ],
    exposeHeaders: ['ETag', 'Log-Position', 'X-Correlation-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
    maxAge: 600,
  });
