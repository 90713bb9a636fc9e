import { expect } from 'chai';
import { recent } from '../../../src/infra/identity/recent.ts';

describe('Recent entries', () => {
  it('forgets the one used longest ago', () => {
    const entries = recent<string, number>(2);
    entries.set('a', 1);
    entries.set('b', 2);
    entries.get('a');
    entries.set('c', 3);
    expect([entries.get('a'), entries.get('b'), entries.get('c')]).to.deep.equal([1, undefined, 3]);
  });

  it('keeps the others when one is set anew', () => {
    const entries = recent<string, number>(2);
    entries.set('a', 1);
    entries.set('b', 2);
    entries.set('b', 3);
    expect([entries.get('a'), entries.get('b')]).to.deep.equal([1, 3]);
  });
});
