import type { Config } from '../infra/config.ts';
import { projectionPositions } from '../infra/projections/positions.ts';
import { serveMetrics } from '../infra/telemetry/metrics-server.ts';
import type { OwnerLogin } from '../infra/identity/bootstrap-owner.ts';
import type { Log } from '../http/ports.ts';
import { onceServed } from '../infra/postgres/once-served.ts';
import { bootstrap } from './bootstrap.ts';
import { closingStack } from './closing.ts';
import { openDatabase, type Database } from './database.ts';
import { jobDoor, openJobsLater, startWorkingLater } from './jobs-later.ts';
import { openErasures, startKeepingPrivacy } from './privacy.ts';
import { startProjecting } from './projecting.ts';
import { startChaining, startSigning } from './proving.ts';
import { startServing } from './serving.ts';
import { openSystem } from './system.ts';

export type Running = {
  /** Null where this process serves nobody. */
  readonly port: number | null;
  readonly owner: OwnerLogin;
  readonly readerUrl: string | null;
  readonly metricsUrl: string | null;
  /** Settles when the program cannot go on: with the reason, or null where it was told to stop. */
  readonly lost: Promise<Error | null>;
  readonly stop: () => Promise<void>;
};

/** Starts the roles the configuration names; what was opened is closed again if one of them cannot start. */
export const start = async (config: Config, log: Log, opening: Promise<Database> = openDatabase(config, log)): Promise<Running> => {
  const closing = closingStack(log);
  try {
    const system = await openSystem(config, log, closing, opening);
    const { roles } = config;
    const endpoint = config.observability.metrics.prometheusEndpoint;
    const metricsServer = endpoint === null ? null : await serveMetrics(endpoint, system.metrics);
    if (metricsServer !== null) closing.add('metrics', metricsServer.close);

    const positions = await projectionPositions({ pool: system.pool, url: system.ownerUrl, log });
    closing.add('positions', positions.close);
    // What is not needed to answer the first command begins once it can be asked, and ends after the server has.
    const later = { ...system, closing: closing.section() };
    const served = Promise.withResolvers<void>();
    const jobs = openJobsLater(later, served.promise);
    // Told where it is waited for.
    jobs.catch(() => undefined);
    const erasures = await openErasures(system);
    const serves = roles.includes('api') || roles.includes('live');
    const port = serves ? await startServing(system, positions, jobDoor(jobs, config), erasures) : null;
    served.resolve();
    if (roles.includes('projector')) {
      startProjecting(later, positions);
      startChaining(later);
    }
    const owner = await onceServed(() => bootstrap(system));
    const room = await jobs;
    const working = roles.includes('worker') ? await startWorkingLater(later, room) : null;
    if (working !== null) {
      await startSigning(later);
      startKeepingPrivacy(later, erasures);
    }
    return {
      port,
      owner,
      readerUrl: system.readerUrl,
      metricsUrl: metricsServer?.url ?? null,
      lost: Promise.race([system.lost, ...(working === null ? [] : [working.lost])]),
      stop: closing.closeAll,
    };
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
};
