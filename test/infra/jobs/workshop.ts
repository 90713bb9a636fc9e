import type { Jobs } from '../../../src/http/ports.ts';
import type { JobBackend, WorkerTimes } from '../../../src/infra/jobs/backend.ts';
import { jobBoard } from '../../../src/infra/jobs/board.ts';
import { closeQueues, openQueues, type QueuePair, type Queues } from '../../../src/infra/jobs/queues.ts';
import { relayOnce, type JobSettings, type Relay } from '../../../src/infra/jobs/relay.ts';
import { startWorker, type JobHandler, type JobOutcome } from '../../../src/infra/jobs/worker.ts';
import { jobIdOf } from '../../../src/infra/policies/plan.ts';
import { canonicalEvents, locationId } from '../../support/canonical-events.ts';
import { silent, type StoreRoom } from '../policies/store-room.ts';

export const QUEUE = 'reorder-alerts';
export const settings: JobSettings = { attempts: 3, backoffMs: 20 };
/** Soon notices a worker that was killed, but is not taken for one when the machine is slow. */
export const times: WorkerTimes = { concurrency: 4, lockMs: 30_000, stalledCheckMs: 200, stallsAllowed: 20 };
/** Soon taken for killed, once it is; until then it has the one job. */
export const shortLived: WorkerTimes = { ...times, concurrency: 1, lockMs: 400 };

export type Outcomes = { readonly seen: readonly JobOutcome[]; readonly has: (outcome: JobOutcome, count?: number) => Promise<void> };

/** The job queues over a store room's outbox. */
export type Workshop = {
  readonly backend: JobBackend;
  readonly queues: Queues;
  readonly pair: QueuePair;
  readonly board: Jobs;
  readonly relay: Relay;
  /** Writes a job to the outbox, as the policies do. Answers its id. */
  readonly write: (eventId: string, ofLocation?: string) => Promise<string>;
  /** Writes a job and hands it to its queue. */
  readonly add: (eventId: string, ofLocation?: string) => Promise<string>;
  readonly work: (handle: JobHandler, as?: WorkerTimes) => { readonly outcomes: Outcomes; readonly stop: () => Promise<void> };
  readonly close: () => Promise<void>;
};

export const openWorkshop = (room: StoreRoom, backend: JobBackend): Workshop => {
  const queues = openQueues(backend);
  const pair = queues.get(QUEUE);
  if (pair === undefined) throw new Error(`There is no queue ${QUEUE}`);
  const relay: Relay = { pool: room.pool, queues, settings, log: silent, onPending: () => undefined };
  const write = async (eventId: string, ofLocation = locationId): Promise<string> => {
    const id = jobIdOf('reorder-alert', eventId, 0);
    const { data } = canonicalEvents.StockItemReorderPointReached;
    const cause = { eventId, correlationId: 'request', locationId: ofLocation, occurredAt: '2026-03-01T19:59:00.000Z', traceParent: null };
    await room.pool.query('insert into outbox (id, queue, name, data, cause) values ($1, $2, $3, $4, $5)', [
      id,
      QUEUE,
      'raise-reorder-alert',
      JSON.stringify({ ...data, locationId: ofLocation }),
      JSON.stringify(cause),
    ]);
    return id;
  };
  return {
    backend,
    queues,
    pair,
    board: jobBoard(queues, settings),
    relay,
    write,
    add: async (eventId, ofLocation) => {
      const id = await write(eventId, ofLocation);
      await relayOnce(relay);
      return id;
    },
    work: (handle, as = times) => {
      const outcomes = countOutcomes();
      const worker = startWorker({
        backend,
        queue: QUEUE,
        pair,
        handle,
        log: silent,
        onOutcome: (_, outcome) => outcomes.count(outcome),
        times: as,
      });
      return { outcomes, stop: worker.stop };
    },
    close: async () => {
      await closeQueues(queues);
      await backend.close();
    },
  };
};

const countOutcomes = (): Outcomes & { readonly count: (outcome: JobOutcome) => void } => {
  const seen: JobOutcome[] = [];
  let changed = Promise.withResolvers<void>();
  return {
    seen,
    count: (outcome) => {
      seen.push(outcome);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    has: async (outcome, count = 1) => {
      while (seen.filter((one) => one === outcome).length < count) await changed.promise;
    },
  };
};
