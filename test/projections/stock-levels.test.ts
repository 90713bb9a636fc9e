import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { stockLevels, type StockLevel } from '../../src/projections/stock-levels.ts';
import { beefId, locationId } from '../support/canonical-events.ts';
import { consumed, counted, defined, reorderPointReached, received, useOf, wasted } from '../support/stock-item-facts.ts';
import { minute, onlyRow, told } from './told.ts';

const after = (...events: readonly DomainEvent[]) => onlyRow(told(stockLevels, defined, ...events));
const kg = 1_000_000;

const empty: StockLevel = {
  stockItemId: beefId,
  locationId,
  name: 'Ground beef',
  dimension: 'mass',
  unit: 'mg',
  displayUnit: 'kg',
  onHand: 0,
  par: 20 * kg,
  reorderPoint: 5 * kg,
  low: true,
  negative: false,
  lastCountedAt: null,
  revision: 1,
};

describe('Stock levels', () => {
  it('begin with nothing on hand, which is low', () => expect(after()).to.deep.equal(empty));

  it('rise by what is received', () => {
    expect(after(received(12))).to.deep.equal({ ...empty, onHand: 12 * kg, low: false, revision: 2 });
  });

  it('fall by what is consumed and wasted', () => {
    expect(after(received(12), consumed(useOf(2), useOf(1)), wasted(1.5))).to.deep.equal({
      ...empty,
      onHand: 7.5 * kg,
      low: false,
      revision: 4,
    });
  });

  it('are low at the reorder point', () => {
    expect(after(received(12), consumed(useOf(7)), reorderPointReached(5))).to.deep.equal({ ...empty, onHand: 5 * kg, revision: 4 });
  });

  it('say when the kitchen used more than there was', () => {
    expect(after(received(1), consumed(useOf(3)))).to.deep.equal({ ...empty, onHand: -2 * kg, negative: true, revision: 3 });
  });

  it('are what was counted', () => {
    expect(after(received(12), counted(9, -3))).to.deep.equal({
      ...empty,
      onHand: 9 * kg,
      low: false,
      lastCountedAt: minute(3),
      revision: 3,
    });
  });
});
