import { bodyParser } from '@koa/bodyparser';
import cors from '@koa/cors';
import Router from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import type { CommandDefinition } from '../commands/command.ts';
import type { Execute } from '../commands/execute.ts';
import type { EventStore } from '../commands/ports.ts';
import type { QueryDefinition } from '../queries/query.ts';
import type { State } from './context.ts';
import type { Fingerprint } from './dispatch.ts';
import { answerProblems } from './middleware/answer-problems.ts';
import { authenticate } from './middleware/authenticate.ts';
import { requestLog } from './middleware/request-log.ts';
import { timeLimit } from './middleware/time-limit.ts';
import type { HttpMetrics, Identity, Log, LogProof } from './ports.ts';
import { auditRoutes } from './routes/audit.ts';
import { proofRoutes } from './routes/audit-proof.ts';
import { batchRoutes } from './routes/batch.ts';
import { commandRoutes } from './routes/commands.ts';
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
  readonly log: Log;
  readonly metrics: HttpMetrics;
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

const corsFor = (allowed: readonly string[]) =>
  cors({
    origin: (ctx) => {
      const origin = ctx.get('Origin');
      return allowed.includes(origin) ? origin : '';
    },
    credentials: true,
    exposeHeaders: ['ETag', 'Log-Position', 'X-Correlation-Id', 'Retry-After'],
  });

/** The order in which a request meets us. */
export const httpApp = (needs: AppNeeds): Koa<State> => {
  const { settings, log, metrics, newId, identity, execute } = needs;
  const app = new Koa<State>({ proxy: settings.trustedProxies > 0, maxIpsCount: settings.trustedProxies });
  const guard = authenticate(identity);
  const { routes, dispatches } = commandRoutes(needs.commands, execute, needs.fingerprint);
  const guarded = [batchRoutes(dispatches, log), auditRoutes(needs.store, needs.proof), proofRoutes(needs.proof), ...needs.guarded];
  const behindToken = new Router<State>();
  behindToken.use(guard);
  for (const router of guarded) behindToken.use(router.routes());

  app.use(requestLog(log, metrics, newId));
  app.use(answerProblems(log));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } } }));
  app.use(corsFor(settings.allowedOrigins));
  app.use(timeLimit(settings.requestTimeoutMs));
  app.use(bodyParser({ enableTypes: ['json'], jsonLimit: settings.maxRequestSize, encoding: 'utf-8', jsonStrict: true }));
  app.use(registryRoutes([...routes, ...queryRoutes(needs.queries, needs)], guard));
  for (const router of needs.open) app.use(router.routes());
  app.use(behindToken.routes());
  app.use(behindToken.allowedMethods());
  app.on('error', (error: unknown) => log.warn({ error }, 'connection broken'));
  return app;
};
