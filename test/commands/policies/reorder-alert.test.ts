import { expect } from 'chai';
import { effectsOf, enqueue } from '../../../src/commands/policies/policy.ts';
import { reorderAlert } from '../../../src/commands/policies/reorder-alert.ts';
import { canonicalEvents } from '../../support/canonical-events.ts';

describe('Policy: an item at its reorder point', () => {
  it('is told to people by a job', () => {
    const reached = canonicalEvents.StockItemReorderPointReached;
    expect(effectsOf(reorderAlert, reached)).to.deep.equal([
      enqueue({ queue: 'reorder-alerts', name: 'raise-reorder-alert', data: reached.data }),
    ]);
  });

  it('is not told again for what is consumed after', () =>
    expect(effectsOf(reorderAlert, canonicalEvents.StockItemConsumed)).to.deep.equal([]));
});
