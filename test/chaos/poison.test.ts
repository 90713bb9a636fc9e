import { poison } from './poison.ts';
import { inCompany } from './trial.ts';

describe('Chaos: an event that a read model cannot take in', () => {
  it('parks its stream there, holds nobody else up, and is taken in after the fix', () => poison.run(poison.short, inCompany));
});
