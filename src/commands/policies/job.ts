import type { DataOf } from '../../domain/decider.ts';
import type { StockItemEvent } from '../../domain/stock-item.ts';

/** Work that goes on after the event, outside the log: tried again until it succeeds, put among the dead when it does not. */
export type Job = {
  readonly queue: 'reorder-alerts';
  readonly name: 'raise-reorder-alert';
  readonly data: DataOf<StockItemEvent, 'StockItemReorderPointReached'>;
};

export type JobQueueName = Job['queue'];
export const jobQueues: readonly JobQueueName[] = ['reorder-alerts'];
