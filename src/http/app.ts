import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import type { CommandDefinition } from '../commands/command.ts';
import type { Execute } from '../commands/execute.ts';
import type { EventStore } from '../commands/ports.ts';
import type { QueryDefinition } from '../queries/query.ts';
import type { Approvals } from './account-ports.ts';
import { clientAddress } from './client-address.ts';
import { commandDoor } from './command-door.ts';
import type { State } from './context.ts';
import type { Fingerprint } from './dispatch.ts';
import { answerProblems } from './middleware/answer-problems.ts';
import { authenticate } from './middleware/authenticate.ts';
import { crossOrigin } from './middleware/cross-origin.ts';
import { jsonBody } from './middleware/json-body.ts';
import { fitAddress } from './middleware/fit-address.ts';
import { inOrder } from './middleware/in-order.ts';
import { limitArrivals, limitKnown } from './middleware/rate-limit.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { timeLimit } from './middleware/time-limit.ts';
import type { HttpMetrics, Identity, Log, LogProof, RateLimits, RateMetrics } from './ports.ts';
import { auditRoutes } from './routes/audit.ts';
import { proofRoutes } from './routes/audit-proof.ts';
import { batchRoutes } from './routes/batch.ts';
import { commandRoutes, registryRoute } from './routes/commands.ts';
import { queryRoutes, type QueryNeeds } from './routes/queries.ts';
import { registryRoutes } from './routes/registry.ts';

export type AppNeeds = QueryNeeds & {
  readonly commands: readonly CommandDefinition[];
  readonly queries: readonly QueryDefinition[];
  readonly execute: Execute;
  readonly fingerprint: Fingerprint;
  readonly store: EventStore;
  /** Null: the log is not chained. */
  readonly proof: LogProof;
  readonly identity: Identity;
  /** Null: nobody approves what another does. */
  readonly approvals: Pick<Approvals, 'redeem'> | null;
  readonly log: Log;
  readonly metrics: HttpMetrics & RateMetrics;
  readonly limits: RateLimits;
  readonly newId: () => string;
  /** Routes of their own files: those anyone may ask, and those behind a token. */
  readonly open: readonly Router<State>[];
  readonly guarded: readonly Router<State>[];
  readonly settings: {
    readonly allowedOrigins: readonly string[];
    readonly requestTimeoutMs: number;
    /** Bytes. */
    readonly maxRequestSize: number;
    /** How many proxies in front of us add to X-Forwarded-For; 0: the header is not believed. */
    readonly trustedProxies: number;
  };
};

/** Bytes; of whoever has shown no access token. */
const OPEN_BODY = 16 * 1024;

/** The order in which a request meets us; plain commands, which are most, meet the same at a door of their own. */
export const httpApp = (needs: AppNeeds): RequestListener => {
  const { settings, log, metrics, newId, identity, execute } = needs;
  const app = new Koa<State>({ proxy: settings.trustedProxies > 0, maxIpsCount: settings.trustedProxies });
  const limited = { limits: needs.limits, metrics, addressOf: clientAddress(settings.trustedProxies) };
  const guard = inOrder(authenticate(identity), limitKnown(limited), jsonBody(settings.maxRequestSize));
  const routes = commandRoutes(needs.commands, execute, needs.fingerprint, needs.approvals);
  const dispatches = new Map(routes.map(({ type, dispatch }) => [type, dispatch]));
  const guarded = [batchRoutes(dispatches, log), auditRoutes(needs.store, needs.proof), proofRoutes(needs.proof), ...needs.guarded];
  const behindToken = new Router<State>();
  behindToken.use(guard);
  for (const router of guarded) behindToken.use(router.routes());
  const open = new Router<State>();
  open.use(jsonBody(Math.min(OPEN_BODY, settings.maxRequestSize)));
  for (const router of needs.open) open.use(router.routes());

  app.use(requestLog(log, metrics, newId));
  app.use(answerProblems(log));
  app.use(securityHeaders);
  app.use(crossOrigin(settings.allowedOrigins));
  app.use(limitArrivals(limited));
  app.use(fitAddress);
  app.use(timeLimit(settings.requestTimeoutMs));
  app.use(registryRoutes([...routes.map(registryRoute), ...queryRoutes(needs.queries, needs)], guard));
  app.use(open.routes());
  app.use(behindToken.routes());
  app.use(behindToken.allowedMethods());
  app.on('error', (error: unknown) => log.warn({ error }, 'connection broken'));
  const answer = app.callback();
  const { maxRequestSize: maxBytes, requestTimeoutMs: timeoutMs } = settings;
  const door = commandDoor({ routes, identity, limited, log, metrics, newId, maxBytes, timeoutMs });
  return (request, response) => {
    if (!door(request, response)) void answer(request, response);
  };
};
