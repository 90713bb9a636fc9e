import type { IncomingMessage } from 'node:http';
import type { Handler } from '../context.ts';
import type { RateLimits, RateMetrics, RateVerdict } from '../ports.ts';
import { HttpProblem } from '../problem.ts';

export type Limited = {
  readonly limits: RateLimits;
  readonly metrics: RateMetrics;
  readonly addressOf: (request: IncomingMessage) => string;
};

type Append = (name: string, value: string) => void;

/** The fields of draft-ietf-httpapi-ratelimit-headers; a refusal is told by Retry-After as well. */
export const judge = (verdict: RateVerdict | null, metrics: RateMetrics, append: Append): void => {
  if (verdict === null) return;
  const { rule, policy, granted, remaining, resetSeconds } = verdict;
  append('RateLimit-Policy', policy);
  append('RateLimit', `"${rule}";r=${remaining};t=${resetSeconds}`);
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
    judge(verdict instanceof Promise ? await verdict : verdict, metrics, (name, value) => ctx.response.append(name, value));
    await next();
  };

/** Behind the access token: what the user and his roles may ask for. */
export const limitKnown =
  ({ limits, metrics, addressOf }: Limited): Handler =>
  async (ctx, next) => {
    const verdict = limits.known({ method: ctx.method, path: ctx.path, address: addressOf(ctx.req) }, ctx.state.principal);
    judge(verdict instanceof Promise ? await verdict : verdict, metrics, (name, value) => ctx.response.append(name, value));
    await next();
  };
