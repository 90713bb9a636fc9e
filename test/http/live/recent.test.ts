import { expect } from 'chai';
import fc from 'fast-check';
import type { RowChange } from '../../../src/http/live/ports.ts';
import { nothingSince, since, withEarlier, withLater } from '../../../src/http/live/recent.ts';

const at = (position: number): RowChange => ({ position, projection: 'tables', key: 't', row: null });
const positions = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }).map((some) => some.toSorted((a, b) => a - b).map(at));

describe('Recent changes', () => {
  it('hold every change after where they begin, and begin no later than the capacity demands', () =>
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 7 }), (all, capacity, pageSize) => {
        let recent = nothingSince(0);
        for (let page = 0; page * pageSize < all.length; page++) {
          const changes = all.slice(page * pageSize, (page + 1) * pageSize);
          recent = withLater(recent, changes, changes.at(-1)?.position ?? recent.to, capacity);
          expect(recent.changes.length).to.be.at.most(capacity);
        }
        expect(recent.changes).to.deep.equal(all.filter(({ position }) => position > recent.from));
        if (all.length <= capacity) expect(recent.from).to.equal(0);
      }),
    ));

  it('answer what came after a position', () =>
    fc.assert(
      fc.property(positions, fc.integer({ min: 0, max: 61 }), (all, position) => {
        const recent = withLater(nothingSince(0), all, 60, 100);
        expect(since(recent, position)).to.deep.equal(all.filter((change) => change.position > position));
      }),
    ));

  it('reach further back with earlier ones, none of them twice', () =>
    fc.assert(
      fc.property(positions, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (all, one, other) => {
        const [from, middle] = [Math.min(one, other), Math.max(one, other)];
        const later = withLater(
          nothingSince(middle),
          all.filter(({ position }) => position > middle),
          60,
          100,
        );
        const overlapping = all.filter(({ position }) => position > from);
        expect(withEarlier(later, overlapping, from)).to.deep.equal({ from, to: 60, changes: overlapping });
      }),
    ));
});
