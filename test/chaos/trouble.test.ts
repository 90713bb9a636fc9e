import { trouble } from './trouble.ts';
import { inCompany } from './trial.ts';

describe('Chaos: trouble with the database and the way to it', () => {
  it('stops neither read models nor screens for good', () => trouble.run(trouble.short, inCompany));
});
