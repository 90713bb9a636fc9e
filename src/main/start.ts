import type { Config } from '../infra/config.ts';
import { projectionPositions } from '../infra/projections/positions.ts';
import { serveMetrics } from '../infra/telemetry/metrics-server.ts';
import type { OwnerLogin } from '../infra/identity/bootstrap-owner.ts';
import type { Log } from '../http/ports.ts';
import { bootstrap } from './bootstrap.ts';
import { closingStack } from './closing.ts';
import { openJobs, startWorking } from './jobs.ts';
import { openErasures, startKeepingPrivacy } from './privacy.ts';
import { startProjecting } from './projecting.ts';
import { startSigning } from './proving.ts';
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
export const start = async (config: Config, log: Log): Promise<Running> => {
  const closing = closingStack(log);
  try {
    const system = await openSystem(config, log, closing);
    const { roles } = config;
    const endpoint = config.observability.metrics.prometheusEndpoint;
    const metricsServer = endpoint === null ? null : await serveMetrics(endpoint, system.metrics);
    if (metricsServer !== null) closing.add('metrics', metricsServer.close);

    const positions = await projectionPositions({ pool: system.pool, url: system.ownerUrl, log });
    closing.add('positions', positions.close);
    const owner = await bootstrap(system);
    const erasures = await openErasures(system);
    if (roles.includes('projector')) startProjecting(system, positions);
    const jobs = openJobs(system);
    const working = roles.includes('worker') ? await startWorking(system, jobs) : null;
    if (working !== null) await startSigning(system);
    if (working !== null) startKeepingPrivacy(system, erasures);
    const serves = roles.includes('api') || roles.includes('live');
    const port = serves ? await startServing(system, positions, jobs, erasures) : null;
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
