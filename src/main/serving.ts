import type { Server } from 'node:http';
import { join } from 'node:path';
import { commands } from '../commands/registry.ts';
import { placesFor } from '../commands/roles.ts';
import { httpApp } from '../http/app.ts';
import { boundedServer } from '../http/bounded-server.ts';
import { clientAddress, networkOf } from '../http/client-address.ts';
import { liveServer } from '../http/live/server.ts';
import { realTimers } from '../http/live/timers.ts';
import type { Principal } from '../http/ports.ts';
import { authRoutes, passwordRoutes, resetRoutes } from '../http/routes/auth.ts';
import { docsRoutes } from '../http/routes/docs.ts';
import { healthRoutes, probeRoutes } from '../http/routes/health.ts';
import { jobRoutes } from '../http/routes/jobs.ts';
import { jwksRoutes } from '../http/routes/jwks.ts';
import { liveTicketRoutes } from '../http/routes/live-tickets.ts';
import { meRoutes } from '../http/routes/me.ts';
import { pageRoutes } from '../http/routes/pages.ts';
import { privacyRoutes } from '../http/routes/privacy.ts';
import { refreshTokenRoutes } from '../http/routes/refresh-tokens.ts';
import type { Erasures } from '../infra/privacy/erasures.ts';
import { liveFeed } from '../infra/projections/feed.ts';
import { historyOf } from '../infra/projections/history.ts';
import type { ProjectionPositions } from '../infra/projections/positions.ts';
import { healthOf } from '../infra/telemetry/health.ts';
import { queries } from '../queries/registry.ts';
import { roleRoutes } from '../http/routes/roles.ts';
import { secondFactorRoutes } from '../http/routes/second-factor.ts';
import { pinRoutes, terminalRoutes } from '../http/routes/terminals.ts';
import { userRoutes } from '../http/routes/users.ts';
import { openIdentity } from './identity.ts';
import type { JobDoor } from './jobs-later.ts';
import { privacyOf } from './privacy.ts';
import { openLimits } from './limiting.ts';
import { openProof } from './proving.ts';
import type { System } from './system.ts';

const PAGES = join(import.meta.dirname, '..', '..', 'web', 'dist');
/** A thousand terminals may open at once. */
const BACKLOG = 4096;

/** The port cannot be listened on; the message says what to do. */
export class PortUnfit extends Error {
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const why = cause.code === 'EADDRINUSE' ? 'it is taken' : cause.message;
    super(`Cannot listen on ${host}:${port}: ${why}. Stop what uses it, or set APP_SERVER__PORT to another.`, { cause });
    this.name = 'PortUnfit';
  }
}

const listening = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new PortUnfit(host, port, error)));
    server.listen({ host, port, backlog: BACKLOG }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Answers what is under way, takes nothing new. */
const drained = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

const mayWatch = (principal: Principal, permission: string, locationId: string): boolean => {
  const places = placesFor(principal, permission);
  return places === null || places?.includes(locationId) === true;
};

/** The HTTP server, with the API and the live stream as the roles say. Answers the port it listens on. */
export const startServing = async (system: System, positions: ProjectionPositions, jobs: JobDoor, erasures: Erasures): Promise<number> => {
  const { config, log, metrics, clock, newId, store, pool, ownerUrl, projections, committed, closing } = system;
  const { identity, tickets, terminals, pins, approvals, accounts, secondFactor, resets, administration, roles, sessions } =
    await openIdentity(system);
  const history = historyOf(store);
  let draining = false;
  const health = healthOf({
    // Until a projector has made the read models there is nothing to answer from.
    database: () => pool.query('select from read_models.locations limit 1'),
    eventLog: store.head,
    redis: jobs.ping,
    keyStore: system.keys.store.ping,
    projections: async () => positions.status(await store.head()),
    draining: () => draining,
  });
  const api = config.roles.includes('api');
  const app = httpApp({
    commands: api ? commands : [],
    queries: api ? queries : [],
    execute: system.execute,
    fingerprint: system.keys.fingerprint,
    store,
    proof: await openProof(system),
    identity,
    approvals,
    limits: await openLimits(system),
    log,
    metrics: metrics.http,
    newId,
    db: system.queries,
    history,
    waitFor: (readModels, position) => positions.waitFor(readModels, position, config.queries.minPositionTimeoutMs),
    open: [
      probeRoutes(health),
      jwksRoutes(identity),
      authRoutes(identity, accounts),
      resetRoutes(resets),
      docsRoutes({ commands, queries }),
      await pageRoutes(PAGES),
    ],
    guarded: [
      healthRoutes(health),
      meRoutes(accounts),
      userRoutes(administration),
      roleRoutes(roles),
      passwordRoutes(accounts),
      terminalRoutes(terminals),
      pinRoutes(pins, approvals),
      secondFactorRoutes(secondFactor),
      refreshTokenRoutes(sessions),
      liveTicketRoutes(tickets),
      jobRoutes(jobs.board),
      privacyRoutes(privacyOf(system, erasures)),
    ],
    settings: {
      allowedOrigins: config.server.allowedOrigins,
      requestTimeoutMs: config.server.requestTimeoutSecs * 1000,
      maxRequestSize: config.server.maxRequestSize,
      trustedProxies: config.server.trustedProxies,
    },
  });
  const server = boundedServer(
    {
      headersMs: config.server.headersTimeoutSecs * 1000,
      requestMs: config.server.requestTimeoutSecs * 1000,
      connections: config.server.maxConnections,
      connectionsPerAddress: config.server.trustedProxies === 0 ? config.server.maxConnectionsPerAddress : null,
    },
    app,
  );
  const port = await listening(server, config.server.host, config.server.port);
  closing.add('HTTP server', () => drained(server));
  if (config.roles.includes('live')) {
    const feed = await liveFeed({ pool, url: ownerUrl, projections, head: store.head, committed, log });
    closing.add('live feed', feed.close);
    const { rows: logs } = await pool.query<{ readonly epoch: string }>('select epoch from public.log_head');
    const addressOf = clientAddress(config.server.trustedProxies);
    const live = liveServer({
      server,
      logId: logs[0]?.epoch ?? '',
      tickets,
      standing: identity.standing,
      feed,
      allowedOrigins: config.server.allowedOrigins,
      heartbeatSeconds: config.live.heartbeatSecs,
      maxBufferedBytes: config.live.maxBufferedBytes,
      can: mayWatch,
      clock,
      timers: realTimers,
      log,
      metrics: metrics.live,
      addressOf: (request) => networkOf(addressOf(request)),
    });
    closing.add('live stream', live.close);
  }
  closing.add('readiness', () => void (draining = true));
  return port;
};
