import { recovery } from './recovery.ts';
import { inCompany } from './trial.ts';

describe('Chaos: recovery to a point in time', function () {
  this.timeout(120_000);

  it('brings the log back whole up to that point, as another log, and read models with it', () => recovery.run(recovery.short, inCompany));
});
