import { expect } from 'chai';
import fc from 'fast-check';
import type { Json } from '../../src/domain/decider.ts';
import { same } from '../../src/domain/same.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('Same', () => {
  it('holds of a copy, whatever the order of its keys', () => {
    expect(same({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).to.equal(true);
    fc.assert(fc.property(json, (value) => void expect(same(value, JSON.parse(JSON.stringify(value)) as Json)).to.equal(true)));
  });

  it('tells apart what differs', () => {
    const values: readonly Json[] = [
      null,
      0,
      '0',
      false,
      [],
      {},
      [0],
      [0, 1],
      [1, 0],
      { a: 0 },
      { a: null },
      { b: null },
      { a: [] },
      { a: {} },
      { a: 0, b: 0 },
    ];
    for (const [at, value] of values.entries()) for (const other of values.slice(at + 1)) expect(same(value, other)).to.equal(false);
  });
});
