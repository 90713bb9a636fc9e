import { startProjector } from '../infra/projections/projector.ts';
import { clearReadModels } from '../infra/privacy/clear-read-models.ts';
import type { ProjectionPositions } from '../infra/projections/positions.ts';
import { repeat } from './repeat.ts';
import type { System } from './system.ts';

const LOOK_EVERY_MS = 1000;

type Needs = Pick<System, 'closing' | 'ownerUrl' | 'pool' | 'store' | 'projections' | 'forget' | 'log' | 'metrics'>;

/** Keeps the read models, and shows how far behind they are even while none of them moves. */
export const startProjecting = (
  { closing, ownerUrl, pool, store, projections, forget, log, metrics }: Needs,
  positions: Pick<ProjectionPositions, 'status'>,
): void => {
  const projector = startProjector({
    ownerUrl,
    store,
    projections,
    log,
    metrics: metrics.projector,
  });
  const clear = clearReadModels({ pool, projector, projections, forget });
  // The projector is stopped first, and gives up what it builds anew.
  closing.add('clearing of read models', repeat(clear, { name: 'clearing read models', everyMs: LOOK_EVERY_MS, log }));
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
