import type { IncomingMessage } from 'node:http';
import type { ParameterizedContext } from 'koa';
import type { Handler, State } from '../context.ts';
import type { RateLimits, RateMetrics, RateVerdict } from '../ports.ts';
import { HttpProblem } from '../problem.ts';

type Limited = { readonly limits: RateLimits; readonly metrics: RateMetrics; readonly addressOf: (request: IncomingMessage) => string };

/** The fields of draft-ietf-httpapi-ratelimit-headers; a refusal is told by Retry-After as well. */
const judge = ({ response }: ParameterizedContext<State>, metrics: RateMetrics, verdict: RateVerdict | null): void => {
  if (verdict === null) return;
  const { rule, policy, granted, remaining, resetSeconds } = verdict;
  response.append('RateLimit-Policy', policy);
  response.append('RateLimit', `"${rule}";r=${remaining};t=${resetSeconds}`);
  if (granted) return;
  metrics.rateLimitExceeded(rule);
  throw new HttpProblem(429, 'rate-limited', `Too many requests (${rule}): wait ${resetSeconds} s, then ask again.`, {
    'Retry-After': String(resetSeconds),
  });
};

/** Before anything is read or known of a request. */
export const limitArrivals =
  ({ limits, metrics, addressOf }: Limited): Handler =>
  async (ctx, next) => {
    const verdict = limits.arriving({ method: ctx.method, path: ctx.path, address: addressOf(ctx.req) });
    judge(ctx, metrics, verdict instanceof Promise ? await verdict : verdict);
    await next();
  };

/** Behind the access token: what the user and his roles may ask for. */
export const limitKnown =
  ({ limits, metrics, addressOf }: Limited): Handler =>
  async (ctx, next) => {
    const verdict = limits.known({ method: ctx.method, path: ctx.path, address: addressOf(ctx.req) }, ctx.state.principal);
    judge(ctx, metrics, verdict instanceof Promise ? await verdict : verdict);
    await next();
  };
