import { retries } from './retries.ts';
import { inCompany } from './trial.ts';

describe('Chaos: commands that are sent again', () => {
  it('have one effect each, and one answer to the byte', () => retries.run(retries.short, inCompany));
});
