import { writers } from './writers.ts';
import { inCompany } from './trial.ts';

describe('Chaos: many writers on two processes’ stores', () => {
  it('leave no gap, and no follower skips anything or sees it out of order', () => writers.run(writers.short, inCompany));
});
