import { expect } from 'chai';
import { rowCache } from '../../../src/infra/projections/row-cache.ts';

const row = (n: number) => ({ n });

describe('Row cache', () => {
  it('knows nothing of a table that has rows already', () => {
    const cache = rowCache({ rows: 10, keys: 10 }, false);
    expect(cache.get('a')).to.equal(undefined);
    cache.put('a', null);
    expect(cache.get('a')).to.equal(null);
    cache.put('a', row(1));
    expect(cache.get('a')).to.deep.equal(row(1));
  });

  it('knows what is not in a table that was empty', () => {
    const cache = rowCache({ rows: 10, keys: 10 }, true);
    expect(cache.get('a')).to.equal(null);
    cache.put('a', row(1));
    expect(cache.get('a')).to.deep.equal(row(1));
    cache.put('a', null);
    expect(cache.get('a')).to.equal(null);
  });

  it('forgets what was written longest ago, and knows that it did', () => {
    const cache = rowCache({ rows: 2, keys: 10 }, true);
    for (const [n, key] of ['a', 'b', 'c'].entries()) cache.put(key, row(n));
    cache.put('b', row(9));
    cache.trim();
    expect(['a', 'b', 'c', 'd'].map(cache.get)).to.deep.equal([undefined, row(9), row(2), null]);
    cache.put('a', row(5));
    cache.trim();
    expect(['a', 'b', 'c', 'd'].map(cache.get)).to.deep.equal([row(5), row(9), undefined, null]);
    cache.put('c', null);
    expect(cache.get('c')).to.equal(null);
  });

  it('asks the table for everything once it would have to know too many keys', () => {
    const cache = rowCache({ rows: 1, keys: 2 }, true);
    for (const [n, key] of ['a', 'b', 'c'].entries()) cache.put(key, row(n));
    cache.trim();
    expect(['a', 'b', 'c', 'd'].map(cache.get)).to.deep.equal([undefined, undefined, row(2), null]);
    for (const [n, key] of ['d', 'e'].entries()) cache.put(key, row(n));
    cache.trim();
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(cache.get)).to.deep.equal([undefined, undefined, undefined, undefined, row(1), undefined]);
  });
});
