import type { DataOf } from '../../domain/decider.ts';
import type { StockItemEvent } from '../../domain/stock-item.ts';

/** Work that goes on after the event, outside the log: tried again until it succeeds, put among the dead when it does not. */
export type Job = {
  readonly queue: 'reorder-alerts';
  readonly name: 'raise-reorder-alert';
  readonly data: DataOf<StockItemEvent, 'StockItemReorderPointReached'>;
};

/** A link with which its receiver sets a new password. The one-time secret is made when the mail is written, and is nowhere else. */
export type PasswordLinkJob = {
  readonly queue: 'account-mails';
  readonly name: 'mail-password-link';
  readonly data: { readonly userId: string };
};

export type JobQueueName = Job['queue'] | PasswordLinkJob['queue'];
export const jobQueues: readonly JobQueueName[] = ['reorder-alerts', 'account-mails'];
