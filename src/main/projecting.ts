import { startProjector } from '../infra/projections/projector.ts';
import type { ProjectionPositions } from '../infra/projections/positions.ts';
import type { System } from './system.ts';

const LOOK_EVERY_MS = 1000;

type Needs = Pick<System, 'closing' | 'ownerUrl' | 'store' | 'projections' | 'log' | 'metrics'>;

/** Keeps the read models, and shows how far behind they are even while none of them moves. */
export const startProjecting = (
  { closing, ownerUrl, store, projections, log, metrics }: Needs,
  positions: Pick<ProjectionPositions, 'status'>,
): void => {
  const projector = startProjector({
    ownerUrl,
    store,
    projections,
    log,
    metrics: metrics.projector,
  });
  closing.add('projector', projector.stop);

  const look = async (): Promise<void> => {
    for (const { name, lagEvents, parkedStreams } of await positions.status(await store.head())) {
      metrics.projectionLag(name, lagEvents);
      metrics.parkedStreams(name, parkedStreams);
    }
  };
  const timer = setInterval(
    () => void look().catch((error: unknown) => log.warn({ err: error }, 'The read models’ lag is not known')),
    LOOK_EVERY_MS,
  );
  closing.add('lag watch', () => clearInterval(timer));
};
