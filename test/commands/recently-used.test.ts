import { expect } from 'chai';
import fc from 'fast-check';
import { recentlyUsed } from '../../src/commands/recently-used.ts';

describe('What was used recently', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 60 });

  it('is there while fewer others than half the capacity were used since', () =>
    fc.assert(
      fc.property(names, fc.integer({ min: 2, max: 10 }), (used, capacity) => {
        const held = recentlyUsed<number>(capacity);
        used.forEach((name, nth) => (held.get(name) === undefined ? held.set(name, nth) : undefined));
        const last = [...new Set(used.toReversed())].slice(0, Math.floor(capacity / 2));
        for (const name of last) expect(held.has(name), name).to.equal(true);
      }),
    ));

  it('is never more than the capacity', () =>
    fc.assert(
      fc.property(names, fc.integer({ min: 2, max: 10 }), (used, capacity) => {
        const held = recentlyUsed<number>(capacity);
        used.forEach((name, nth) => (held.get(name) === undefined ? held.set(name, nth) : undefined));
        expect([...new Set(used)].filter(held.has)).to.have.length.at.most(capacity);
      }),
    ));

  it('is no longer what was deleted, however long ago it was used', () => {
    const held = recentlyUsed<number>(4);
    for (const name of ['a', 'b', 'c']) held.set(name, 1);
    for (const name of ['a', 'c']) held.delete(name);
    expect(['a', 'b', 'c'].filter(held.has)).to.deep.equal(['b']);
    expect(held.get('a')).to.equal(undefined);
  });

  it('is what was set last', () => {
    const held = recentlyUsed<number>(4);
    for (const [name, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
      ['a', 5],
    ] as const)
      held.set(name, value);
    expect(held.get('a')).to.equal(5);
  });
});
