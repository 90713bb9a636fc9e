import { expect } from 'chai';
import { keyAction, moved } from '../../web/kds/keys.ts';

const pressed = (key: string, more: { repeat?: boolean; ctrlKey?: boolean } = {}) =>
  keyAction({ key, repeat: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

describe('The keys of a bump bar', () => {
  it('select by number', () =>
    expect([pressed('1'), pressed('9')]).to.deep.equal([
      { type: 'select', index: 0 },
      { type: 'select', index: 8 },
    ]));
  it('bump, start and recall', () => {
    expect(['Enter', ' ', 's', 'S', 'r', 'R'].map((key) => pressed(key)?.type)).to.deep.equal([
      'bump',
      'bump',
      'start',
      'start',
      'recall',
      'recall',
    ]);
  });
  it('mean nothing else', () =>
    expect(['0', 'a', 'Tab', 'Escape', '10'].map((key) => pressed(key))).to.deep.equal([null, null, null, null, null]));
  it('never bump twice when held down, but move on', () => {
    expect(pressed('Enter', { repeat: true })).to.equal(null);
    expect(pressed('ArrowDown', { repeat: true })).to.deep.equal({ type: 'move', direction: 'down' });
  });
  it('leave the browser its shortcuts', () => expect(pressed('r', { ctrlKey: true })).to.equal(null));
});

describe('Moving over the board by arrows', () => {
  const tickets = ['a', 'b', 'c', 'd', 'e'];
  const from = (at: string | null) => (['left', 'right', 'up', 'down'] as const).map((direction) => moved(tickets, at, direction, 3));

  it('goes along the row and to the one above or below', () => expect(from('b')).to.deep.equal(['a', 'c', 'b', 'e']));
  it('stays at the edges', () => expect(from('e')).to.deep.equal(['d', 'e', 'b', 'e']));
  it('begins with the first', () => expect(from(null)).to.deep.equal(['a', 'a', 'a', 'a']));
  it('goes nowhere on an empty board', () => expect(moved([], null, 'right', 3)).to.equal(null));
});
