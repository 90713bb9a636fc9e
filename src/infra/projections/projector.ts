import { setTimeout as delay } from 'node:timers/promises';
import { projectOnce, type ProjectorOptions, type Work } from './project-once.ts';

export type { ProjectorMetrics, ProjectorOptions } from './project-once.ts';

export type Projector = Work & {
  /** False: another process projects, and this one stands by. Then nothing can be asked of it, which throws ProjectorStandsBy. */
  readonly isActive: () => boolean;
  readonly stop: () => Promise<void>;
};

export class ProjectorStandsBy extends Error {
  readonly code = 'projector-stands-by';
  constructor() {
    super('Another process keeps the read models, or this one is just starting: ask there, or again.');
    this.name = 'ProjectorStandsBy';
  }
}

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Keeps the read models at the log's end until stopped: alone among all processes, through lost connections and failures. */
export const startProjector = (options: ProjectorOptions): Projector => {
  const { log } = options;
  const stopping = new AbortController();
  let active: Work | null = null;

  const keep = async (): Promise<void> => {
    for (let pause = SHORTEST_PAUSE_MS; !stopping.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await projectOnce(options, stopping.signal, (work) => {
          active = work;
          pause = SHORTEST_PAUSE_MS;
        });
      } catch (error) {
        log.error({ err: error }, 'The read models cannot be kept up at the moment; trying again');
      }
      active = null;
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const kept = keep();
  const working = (): Work => {
    if (active === null) throw new ProjectorStandsBy();
    return active;
  };
  return {
    isActive: () => active !== null,
    retryParked: async (projection, stream) => working().retryParked(projection, stream),
    rebuild: async (projection) => working().rebuild(projection),
    renew: async (projections) => working().renew(projections),
    stop: async () => {
      stopping.abort();
      await kept;
    },
  };
};
