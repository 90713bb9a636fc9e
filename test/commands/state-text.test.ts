import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { commands } from '../../src/commands/registry.ts';
import { stateFrom, stateText } from '../../src/commands/state-text.ts';
import type { Message } from '../../src/domain/decider.ts';
import { canonicalEvents } from '../support/canonical-events.ts';

const back = (state: unknown): unknown => stateFrom(stateText(state));

describe('A state as text', () => {
  const aggregates = new Map(commands.map(({ aggregate }) => [aggregate.name, aggregate]));
  const events: readonly Message<string, unknown>[] = Object.values(canonicalEvents);

  for (const { name, decider } of aggregates.values()) {
    it(`brings every state of ${name} back as it was`, () => {
      const own = events.filter(
        ({ type }) => [...aggregates.keys()].filter((other) => type.startsWith(other)).toSorted((a, b) => b.length - a.length)[0] === name,
      );
      expect(own).not.to.deep.equal([]);
      let state = decider.initial;
      expect(back(state)).to.deep.equal(state);
      for (const event of own) {
        state = decider.evolve(state, event);
        expect(back(state), event.type).to.deep.equal(state);
      }
      expect(state).not.to.deep.equal(decider.initial);
    });
  }

  it('brings back Maps, Sets, and objects that look like their marks, in their order', () => {
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('-0'));
    const key = fc.oneof(fc.string(), fc.constantFrom('$map', '$set', '$object', '__proto__x'));
    const { state } = fc.letrec((tie) => ({
      state: fc.oneof(
        { depthSize: 'small' },
        json.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
        fc.array(tie('state')),
        fc.dictionary(key, tie('state'), { noNullPrototype: true }),
        fc.array(fc.tuple(key, tie('state'))).map((entries) => new Map(entries)),
        fc.array(key).map((items) => new Set(items)),
      ),
    }));
    fc.assert(
      fc.property(state, (value) => {
        // chai sorts a Map's entries as text, which an object with a toString of its own has none of.
        expect(isDeepStrictEqual(back(value), value)).to.equal(true);
        expect(stateText(back(value))).to.equal(stateText(value));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what would come back as something else', () => {
    for (const value of [undefined, { a: undefined }, Number.NaN, -0, new Date(0), () => 1, 1n, Symbol('s')])
      expect(() => stateText(value)).to.throw(TypeError);
  });
});
