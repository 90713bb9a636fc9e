import { enqueue, policy } from './policy.ts';

/** Whoever buys is told before an item runs out. */
export const reorderAlert = policy('reorder-alert', 'log-start', {
  StockItemReorderPointReached: ({ data }) => [enqueue({ queue: 'reorder-alerts', name: 'raise-reorder-alert', data })],
});
