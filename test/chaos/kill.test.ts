import { kill } from './kill.ts';
import { inCompany } from './trial.ts';

describe('Chaos: kill -9 under load', function () {
  this.timeout(120_000);

  it('loses nothing that was acknowledged, doubles nothing, and tears no stream', () => kill.run(kill.short, inCompany));
});
