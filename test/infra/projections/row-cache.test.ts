import { expect } from 'chai';
import { rowCache } from '../../../src/infra/projections/row-cache.ts';
import { seenKeys } from '../../../src/infra/projections/seen-keys.ts';

const row = (n: number) => ({ n });

describe('Row cache', () => {
  it('knows nothing of a table that has rows already', () => {
    const cache = rowCache({ rows: 10, seenBytes: 1_024 }, false);
    expect(cache.get('a')).to.equal(undefined);
    cache.put('a', null);
    expect(cache.get('a')).to.equal(null);
    cache.put('a', row(1));
    expect(cache.get('a')).to.deep.equal(row(1));
  });

  it('knows what is not in a table that was empty', () => {
    const cache = rowCache({ rows: 10, seenBytes: 1_024 }, true);
    expect(cache.get('a')).to.equal(null);
    cache.put('a', row(1));
    expect(cache.get('a')).to.deep.equal(row(1));
    cache.put('a', null);
    expect(cache.get('a')).to.equal(null);
  });

  it('forgets what was written longest ago, and knows that it did', () => {
    const cache = rowCache({ rows: 2, seenBytes: 1_024 }, true);
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

  it('asks the table for what it cannot tell apart, and believes its answer', () => {
    const cache = rowCache({ rows: 1, seenBytes: 4 }, true);
    const keys = Array.from({ length: 200 }, (_, n) => `key-${n}`);
    for (const [n, key] of keys.entries()) cache.put(key, row(n));
    cache.trim();
    expect(cache.get('unheard of')).to.equal(undefined);
    cache.put('unheard of', null);
    expect(cache.get('unheard of')).to.equal(null);
  });
});

describe('Seen keys', () => {
  const keys = (from: number, count: number): readonly string[] =>
    Array.from({ length: count }, (_, n) => `0197-${(from + n) * 7919}-order.1`);

  it('never say no of a key that was seen', () => {
    const seen = seenKeys(2 ** 14);
    keys(0, 5_000).forEach(seen.add);
    expect(keys(0, 5_000).every(seen.mayHave)).to.equal(true);
  });

  it('rarely say yes of one that was not', () => {
    const seen = seenKeys(2 ** 14);
    keys(0, 5_000).forEach(seen.add);
    expect(keys(5_000, 10_000).filter(seen.mayHave).length).to.be.below(50);
  });
});
