import { expect } from 'chai';
import { arranged, shifted } from '../../web/kds/arrangement.ts';
import { board, emptyBoard, mayAsk, settling, type Board, type BoardInput } from '../../web/kds/board-state.ts';
import { stateOf, title } from '../../web/kds/ticket-words.ts';
import { toCook } from '../../web/kds/all-day.ts';
import { rowsOf, ticket } from './facts.ts';

const after = (...inputs: readonly BoardInput[]): Board => inputs.reduce(board, emptyBoard([]));
const rows = (position: number, ids: string, at = 0, changes = {}): BoardInput => ({
  type: 'rows',
  topic: rowsOf(position, ...ids.split('').map((id) => ticket(id, changes))),
  at,
});
const asked = { type: 'asked', ticketId: 'b', verb: 'bump' } as const;

describe('Where tickets stand', () => {
  const firedAt = (ticketId: string, second: number) => ticket(ticketId, { firedAt: new Date(second * 1000).toISOString() });
  const arrange = (before: readonly string[], ...tickets: ReturnType<typeof ticket>[]) => arranged(before, rowsOf(1, ...tickets).rows);

  it('is by when they were fired', () =>
    expect(arrange([], firedAt('b', 2), firedAt('c', 3), firedAt('a', 1))).to.deep.equal(['a', 'b', 'c']));
  it('puts a new one last, though it was fired earlier on a terminal without connection', () => {
    expect(arrange(['b', 'c'], firedAt('b', 2), firedAt('c', 3), firedAt('a', 1))).to.deep.equal(['b', 'c', 'a']);
  });
  it('closes the gap of one that left', () => expect(arrange(['a', 'b', 'c'], firedAt('a', 1), firedAt('c', 3))).to.deep.equal(['a', 'c']));
  it('puts a recalled one last', () =>
    expect(arrange(['b', 'c'], ...['a', 'b', 'c'].map((id, second) => firedAt(id, second)))).to.deep.equal(['b', 'c', 'a']));
  it('tells which had to move', () => expect(shifted(['a', 'b', 'c'], ['a', 'c', 'd'])).to.deep.equal(['c']));
});

describe('The board', () => {
  it('remembers what was bumped, newest first, until it comes back', () => {
    const bumped = after(rows(1, 'abc'), rows(2, 'ac', 10), rows(3, 'c', 20));
    expect(bumped.bumped.map(({ ticket: { ticketId }, at }) => [ticketId, at])).to.deep.equal([
      ['a', 20],
      ['b', 10],
    ]);
    expect(board(bumped, rows(4, 'cb', 30)).bumped.map(({ ticket: { ticketId } }) => ticketId)).to.deep.equal(['a']);
  });
  it('keeps the place selected when the ticket in it leaves', () => {
    const selected = after(rows(1, 'abc'), { type: 'select', ticketId: 'b' });
    expect(board(selected, rows(2, 'ac')).selected).to.equal('c');
    expect(board(selected, rows(2, 'a')).selected).to.equal('a');
    expect(board(selected, rows(2, '')).selected).to.equal(null);
  });
  it('shows what was asked as being sent until the board shows its effect', () => {
    const sending = after(rows(5, 'ab'), asked);
    expect(sending.pending.get('b')).to.deep.equal({ state: 'sending', verb: 'bump', position: null });
    const accepted = board(sending, { ...asked, type: 'accepted', position: 8 });
    expect(accepted.pending.get('b')?.state).to.equal('sending');
    expect(board(accepted, rows(7, 'ab')).pending.size).to.equal(1);
    expect(board(accepted, rows(8, 'a')).pending.size).to.equal(0);
  });
  it('stops showing it when the read models have passed it without a change', () => {
    const accepted = after(rows(5, 'ab'), asked, { ...asked, type: 'accepted', position: 8 });
    expect(board(accepted, { type: 'projected', position: 7 }).pending.size).to.equal(1);
    expect(board(accepted, { type: 'projected', position: 8 }).pending.size).to.equal(0);
  });
  it('shows it no longer when the stream was quicker than the answer', () => {
    expect(after(rows(5, 'ab'), asked, rows(8, 'a'), { ...asked, type: 'accepted', position: 8 }).pending.size).to.equal(0);
  });
  it('keeps a refusal until it is dismissed', () => {
    const refused = after(rows(5, 'ab'), asked, { ...asked, type: 'refused', detail: 'no' }, rows(9, 'ab'));
    expect(refused.pending.get('b')).to.deep.equal({ state: 'refused', verb: 'bump', detail: 'no' });
    expect(board(refused, { type: 'dismissed', ticketId: 'b' }).pending.size).to.equal(0);
  });
  it('does not take the answer to a start for one to the bump after it', () => {
    const both = after(rows(5, 'ab'), { type: 'asked', ticketId: 'b', verb: 'start' }, asked);
    expect(board(both, { type: 'accepted', ticketId: 'b', verb: 'start', position: 5 }).pending.get('b')).to.deep.equal({
      state: 'sending',
      verb: 'bump',
      position: null,
    });
  });
  it('lets nothing be asked twice at once, but a bump after a start', () => {
    const starting = after(rows(5, 'ab'), { type: 'asked', ticketId: 'b', verb: 'start' });
    expect([mayAsk(starting, 'b', 'start'), mayAsk(starting, 'b', 'bump'), mayAsk(board(starting, asked), 'b', 'bump')]).to.deep.equal([
      false,
      true,
      false,
    ]);
  });
  it('lets only what is there be bumped, only what is new be started, only what is gone be recalled', () => {
    const cooking = after(rows(5, 'a', 0, { status: 'started' }));
    expect((['start', 'bump', 'recall'] as const).map((verb) => mayAsk(cooking, 'a', verb))).to.deep.equal([false, true, false]);
    expect((['start', 'bump', 'recall'] as const).map((verb) => mayAsk(cooking, 'gone', verb))).to.deep.equal([false, false, true]);
    expect(mayAsk(after(rows(5, 'a', 0, { cancelled: true })), 'a', 'start')).to.equal(false);
  });
  it('lets no tap fall on a ticket that has just moved under the finger', () => {
    const shiftedNow = after(rows(1, 'abc'), rows(2, 'bc', 1_000));
    expect([settling(shiftedNow, 'b', 1_200), settling(shiftedNow, 'b', 1_500)]).to.deep.equal([true, false]);
    expect(settling(after(rows(1, 'abc'), rows(2, 'ab', 1_000)), 'a', 1_100)).to.equal(false);
  });
});

describe('A ticket in words', () => {
  it('says where it goes', () => {
    expect(
      [ticket('x'), ticket('x', { tableName: 'Terrace 4' }), ticket('x', { tableName: null, orderType: 'takeaway' })].map(title),
    ).to.deep.equal(['Ticket x, Table 7', 'Ticket x, Terrace 4', 'Ticket x, Takeaway']);
  });
  it('says CANCELLED whatever was done with it', () => {
    expect(stateOf(ticket('x', { cancelled: true, status: 'started' }))).to.deep.equal({
      kind: 'cancelled',
      words: 'CANCELLED',
      mayStart: false,
      gone: true,
    });
  });
});

describe('All day', () => {
  const count = (stationId: string, name: string, quantity: number) => ({
    key: `${stationId}/${name}`,
    locationId: 'here',
    stationId,
    menuItemId: name,
    name,
    quantity,
  });
  const counts = [count('grill', 'Hamburger', 2), count('fry', 'Fries', 5), count('cold', 'Hamburger', 4), count('grill', 'Hot Dog', -1)];

  it('adds up all stations, the most first', () =>
    expect(toCook(counts, null).map(({ name, quantity }) => [name, quantity])).to.deep.equal([
      ['Hamburger', 6],
      ['Fries', 5],
    ]));
  it('shows a station its own', () =>
    expect(toCook(counts, 'grill').map(({ name, quantity }) => [name, quantity])).to.deep.equal([['Hamburger', 2]]));
});
