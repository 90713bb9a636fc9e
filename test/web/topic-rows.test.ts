import { expect } from 'chai';
import { left, noRows, withFrame, type TopicFrame, type TopicRows } from '../../web/shared/topic-rows.ts';

type Row = { readonly id: string; readonly value: number };

const after = (...frames: readonly TopicFrame<Row>[]): TopicRows<Row> =>
  frames.reduce((held, frame) => withFrame(held, frame, ({ id }) => id), noRows<Row>());
const seen = ({ position, rows }: TopicRows<Row>) => [position, [...rows.values()].map(({ id, value }) => `${id}${value}`)];

const snapshot = {
  type: 'snapshot',
  id: 's',
  position: 5,
  rows: [
    { id: 'a', value: 1 },
    { id: 'b', value: 1 },
  ],
} as const;
const changes = (position: number, ...changed: readonly { key: string; row: Row | null }[]) =>
  ({ type: 'changes', id: 's', position, changes: changed }) as const;

describe('A topic’s rows', () => {
  it('are the snapshot, then what the changes make of it', () => {
    const rows = after(
      snapshot,
      changes(6, { key: 'a', row: { id: 'a', value: 2 } }),
      changes(8, { key: 'b', row: null }, { key: 'c', row: { id: 'c', value: 1 } }),
    );
    expect(seen(rows)).to.deep.equal([8, ['a2', 'c1']]);
  });
  it('are replaced by a later snapshot', () => {
    expect(seen(after(snapshot, { ...snapshot, position: 9, rows: [{ id: 'z', value: 1 }] }))).to.deep.equal([9, ['z1']]);
  });
  it('stay as they are when resumed', () =>
    expect(seen(after(snapshot, { type: 'resumed', id: 's', position: 5 }))).to.deep.equal([5, ['a1', 'b1']]));
  it('do not go back for a frame from before', () => {
    expect(seen(after(snapshot, changes(4, { key: 'a', row: null })))).to.deep.equal([5, ['a1', 'b1']]);
  });
  it('tell what has left', () => {
    expect(left(after(snapshot), after(snapshot, changes(6, { key: 'a', row: null })))).to.deep.equal([{ id: 'a', value: 1 }]);
  });
});
