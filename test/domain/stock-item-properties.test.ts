import { expect } from 'chai';
import fc from 'fast-check';
import { stockItemDecider, type StockItemCommand, type StockItemEvent } from '../../src/domain/stock-item.ts';
import { play } from '../support/spec.ts';
import * as stock from '../support/stock-item-facts.ts';

const REORDER_POINT = stock.defined.data.reorderPoint.amount;

const anAmount = fc.integer({ min: -1, max: 12_000_000 });
const aQuantity = anAmount.map((amount) => ({ amount, unit: 'mg' }) as const);
const aMove: fc.Arbitrary<StockItemCommand> = fc.oneof(
  aQuantity.map(stock.receive),
  aQuantity.map(stock.waste),
  aQuantity.map(stock.count),
  fc
    .array(anAmount, { minLength: 1, maxLength: 3 })
    .map((amounts) => stock.consume(...amounts.map((quantity) => ({ ...stock.useOf(0), quantity })))),
);
const aWeek = fc
  .array(aMove, { minLength: 5, maxLength: 40, size: 'max' })
  .map((moves) => play(stockItemDecider, [stock.define, ...moves]).flatMap((step) => step.events));

const onHandAfter = (onHand: number, event: StockItemEvent): number => {
  if (event.type === 'StockItemReceived') return onHand + event.data.quantity;
  if (event.type === 'StockItemCounted') return event.data.counted;
  if (event.type === 'StockItemConsumed') return event.data.uses.reduce((left, use) => left - use.quantity, onHand);
  return event.type === 'StockItemWasted' ? onHand - event.data.quantity : onHand;
};

describe('StockItem: whatever is commanded', () => {
  it('has on hand what its events come to', () =>
    fc.assert(
      fc.property(aWeek, (events) => {
        const item = events.reduce(stockItemDecider.evolve, stockItemDecider.initial);
        expect(item).to.have.property('onHand', events.reduce(onHandAfter, 0));
      }),
    ));

  it('counts variances that lead from the books to the count', () =>
    fc.assert(
      fc.property(aWeek, (events) => {
        events.reduce((onHand, event) => {
          if (event.type === 'StockItemCounted') expect(onHand + event.data.variance).to.equal(event.data.counted);
          return onHandAfter(onHand, event);
        }, 0);
      }),
    ));

  it('says that the reorder point is reached exactly when stock goes out to it and that was not said since it was above', () =>
    fc.assert(
      fc.property(aWeek, (events) => {
        const said: number[] = [];
        const expected: number[] = [];
        let onHand = 0;
        let standing = false;
        for (const event of events) {
          if (event.type === 'StockItemReorderPointReached') said.push(event.data.onHand);
          onHand = onHandAfter(onHand, event);
          if (onHand > REORDER_POINT) standing = false;
          const goesOut = ['StockItemConsumed', 'StockItemWasted', 'StockItemCounted'].includes(event.type);
          if (goesOut && onHand <= REORDER_POINT && !standing) {
            standing = true;
            expected.push(onHand);
          }
        }
        expect(said).to.deep.equal(expected);
      }),
    ));
});
