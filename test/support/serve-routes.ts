import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type Router from '@koa/router';
import { httpApp, type AppNeeds } from '../../src/http/app.ts';
import type { State } from '../../src/http/context.ts';
import type { Identity } from '../../src/http/ports.ts';
import { quiet } from './identity.ts';

export type Served = { readonly url: string; readonly close: () => Promise<void> };

/** For what no route here asks. */
const unasked = undefined as never;

/** The real application around routes that need neither commands nor queries. */
export const serveRoutes = async (
  identity: Pick<Identity, 'verify'>,
  routes: { readonly open?: readonly Router<State>[]; readonly guarded?: readonly Router<State>[] },
  { allowedOrigins = [], ...edge }: Partial<Pick<AppNeeds, 'limits' | 'metrics'>> & { readonly allowedOrigins?: readonly string[] } = {},
): Promise<Served> => {
  const app = httpApp({
    commands: [],
    queries: [],
    open: [],
    guarded: [],
    ...routes,
    identity: identity as Identity,
    log: quiet,
    metrics: { requestEnded: () => undefined, rateLimitExceeded: () => undefined },
    limits: { arriving: () => null, known: () => null },
    ...edge,
    newId: randomUUID,
    settings: { allowedOrigins, requestTimeoutMs: 10_000, maxRequestSize: 100_000, trustedProxies: 0 },
    execute: unasked,
    fingerprint: unasked,
    store: unasked,
    proof: unasked,
    approvals: null,
    db: unasked,
    history: unasked,
    waitFor: unasked,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address.port}`, close };
};
