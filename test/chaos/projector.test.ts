import { projectorKilled } from './projector-killed.ts';
import { inCompany } from './trial.ts';

describe('Chaos: a projector that is killed', () => {
  it('leaves the tables as a fold of the log has them, each time', () => projectorKilled.run(projectorKilled.short, inCompany));
});
