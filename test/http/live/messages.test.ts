import { expect } from 'chai';
import fc from 'fast-check';
import { parseMessage } from '../../../src/http/live/messages.ts';

const parsed = (message: unknown) => parseMessage(JSON.stringify(message));
const kitchen = { type: 'subscribe', id: 'board', topic: 'kitchen', locationId: 'here', station: 'grill', after: 12 };
const { station: _, ...stationless } = kitchen;

describe('Live messages', () => {
  it('are read as they were meant', () => {
    const messages = [
      { type: 'authenticate', ticket: 't' },
      kitchen,
      { ...kitchen, after: 7.5 },
      { ...stationless, topic: 'expo' },
      { type: 'unsubscribe', id: 'board' },
    ];
    for (const message of messages) expect(parsed(message)).to.deep.equal(message);
  });

  for (const [what, message] of [
    ['another type', { type: 'shout' }],
    ['no type', { id: 'board' }],
    ['a topic unheard of', { ...kitchen, topic: 'gossip' }],
    ['a topic by the name of an inherited property', { ...stationless, topic: 'constructor' }],
    ['the kitchen without a station', stationless],
    ['a station where none belongs', { ...kitchen, topic: 'tables' }],
    ['a negative position', { ...kitchen, after: -1 }],
    ['a position beyond counting', { ...kitchen, after: 1e300 }],
    ['a position in words', { ...kitchen, after: '12' }],
    ['an empty name', { ...kitchen, id: '' }],
    ['a name too long', { ...kitchen, id: 'x'.repeat(65) }],
    ['a field too many', { ...kitchen, extra: true }],
    ['a ticket that is no text', { type: 'authenticate', ticket: { $ne: null } }],
    ['a list', [kitchen]],
    ['nothing', null],
  ] as const) {
    it(`are refused with ${what}`, () => expect(parsed(message)).to.equal(null));
  }

  it('never throw, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseMessage(text)));
  });
});
