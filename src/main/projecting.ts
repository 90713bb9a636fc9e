import { startProjector } from '../infra/projections/projector.ts';
import { clearReadModels } from '../infra/privacy/clear-read-models.ts';
import type { ProjectionPositions } from '../infra/projections/positions.ts';
import { lagClock } from '../infra/telemetry/lag-clock.ts';
import { repeat } from './repeat.ts';
import type { System } from './system.ts';

const LOOK_EVERY_MS = 1000;

type Needs = Pick<System, 'closing' | 'ownerUrl' | 'pool' | 'store' | 'projections' | 'committed' | 'forget' | 'log' | 'metrics'>;

/** Keeps the read models, and shows how far behind they are even while none of them moves. */
export const startProjecting = (
  { closing, ownerUrl, pool, store, projections, committed, forget, log, metrics }: Needs,
  positions: Pick<ProjectionPositions, 'status'>,
): void => {
  const projector = startProjector({
    ownerUrl,
    store,
    projections,
    committed,
    log,
    metrics: metrics.projector,
  });
  const clear = clearReadModels({ pool, projector, projections, forget });
  // The projector is stopped first, and gives up what it builds anew.
  closing.add('clearing of read models', repeat(clear, { name: 'clearing read models', everyMs: LOOK_EVERY_MS, log }));
  closing.add('projector', projector.stop);

  const clock = lagClock(() => performance.now(), LOOK_EVERY_MS);
  metrics.watchLag(clock.seconds);
  const see = async (): Promise<void> => {
    const head = await store.head();
    const readModels = await positions.status(head);
    for (const { name, lagEvents, parkedStreams } of readModels) {
      metrics.projectionLag(name, lagEvents);
      metrics.parkedStreams(name, parkedStreams);
    }
    clock.seen(head, Math.min(head, ...readModels.map(({ position }) => position)));
  };
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      await see();
    } catch (error) {
      log.warn({ err: error }, 'The read models’ lag is not known');
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  closing.add('lag watch', () => clearInterval(timer));
};
