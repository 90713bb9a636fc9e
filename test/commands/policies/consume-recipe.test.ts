import { expect } from 'chai';
import { consumeRecipe } from '../../../src/commands/policies/consume-recipe.ts';
import { effectsOf, send, type PolicyFact } from '../../../src/commands/policies/policy.ts';
import { beefId, bunId, canonicalEvents, hamburgerLineId, orderId } from '../../support/canonical-events.ts';

const started = canonicalEvents.OrderTicketStarted;
const otherLineId = '01939f3a-2000-7000-8000-000000000024';

const startedWith = (...uses: PolicyFact<'OrderTicketStarted'>['data']['uses']): PolicyFact => ({
  ...started,
  data: { ...started.data, uses },
});
const effects = (fact: PolicyFact) => effectsOf(consumeRecipe, fact);
const use = (quantity: number, lineId = hamburgerLineId, recipeVersion = 2) => ({ orderId, lineId, recipeVersion, quantity });

describe('Policy: a started ticket consumes its recipes', () => {
  it('takes each ingredient from its stock item, in the quantities of the event', () =>
    expect(effects(started)).to.deep.equal([
      send(beefId, { type: 'ConsumeStock', data: { stockItemId: beefId, uses: [use(300_000)] } }),
      send(bunId, { type: 'ConsumeStock', data: { stockItemId: bunId, uses: [use(2)] } }),
    ]));

  it('sends one command to an item that several lines use', () => {
    const beef = (quantity: number) => [{ stockItemId: beefId, quantity }];
    const fact = startedWith(
      { lineId: hamburgerLineId, recipeVersion: 2, ingredients: beef(300_000) },
      { lineId: otherLineId, recipeVersion: 3, ingredients: beef(150_000) },
    );
    expect(effects(fact)).to.deep.equal([
      send(beefId, { type: 'ConsumeStock', data: { stockItemId: beefId, uses: [use(300_000), use(150_000, otherLineId, 3)] } }),
    ]);
  });

  it('adds up an ingredient that a recipe names twice', () => {
    const ingredients = [
      { stockItemId: bunId, quantity: 2 },
      { stockItemId: bunId, quantity: 1 },
    ];
    expect(effects(startedWith({ lineId: hamburgerLineId, recipeVersion: 2, ingredients }))).to.deep.equal([
      send(bunId, { type: 'ConsumeStock', data: { stockItemId: bunId, uses: [use(3)] } }),
    ]);
  });

  it('takes nothing for an empty recipe, nor for an ingredient of which there is none', () => {
    const ingredients = [{ stockItemId: bunId, quantity: 0 }];
    expect(effects(startedWith({ lineId: hamburgerLineId, recipeVersion: 1, ingredients: [] }))).to.deep.equal([]);
    expect(effects(startedWith({ lineId: hamburgerLineId, recipeVersion: 1, ingredients }))).to.deep.equal([]);
  });

  it('takes nothing when a ticket is ready, bumped or recalled', () => {
    for (const type of ['OrderTicketReady', 'OrderTicketBumped', 'OrderTicketRecalled'] as const) {
      expect(effects(canonicalEvents[type])).to.deep.equal([]);
    }
  });
});
