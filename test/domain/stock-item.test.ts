import { stockItemDecider, type StockItemCommand } from '../../src/domain/stock-item.ts';
import { beefId } from '../support/canonical-events.ts';
import * as stock from '../support/stock-item-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(stockItemDecider);
const { defined, received, consumed, wasted, counted, reorderPointReached, useOf, kilos } = stock;
const litre = { amount: 1_000_000, unit: 'ul' } as const;
const tooMuch = { amount: 2 ** 53, unit: 'mg' } as const;

describe('StockItem: define', () => {
  const define = (wishes: Partial<typeof defined.data>): StockItemCommand => ({
    type: 'DefineStockItem',
    data: { ...defined.data, ...wishes },
  });

  it('is defined', () => given().when(stock.define).then(defined));
  it('is defined once', () => given(defined, received(10)).when(stock.define).nothing());
  it('refuses another item under its id', () =>
    given(defined)
      .when(define({ name: 'Veal' }))
      .rejects('stock-item-exists'));
  it('refuses a par of another dimension', () =>
    given()
      .when(define({ par: litre }))
      .rejects('quantity-dimension-mismatch'));
  it('refuses a reorder point of another dimension', () =>
    given()
      .when(define({ reorderPoint: litre }))
      .rejects('quantity-dimension-mismatch'));
  it('refuses a par under the reorder point', () =>
    given()
      .when(define({ par: kilos(4) }))
      .rejects('par-under-reorder-point'));
  it('takes a par at the reorder point', () =>
    given()
      .when(define({ par: kilos(5) }))
      .then({ ...defined, data: { ...defined.data, par: kilos(5) } }));
  it('refuses a reorder point below 0', () =>
    given()
      .when(define({ reorderPoint: kilos(-1) }))
      .rejects('quantity-negative'));
  it('refuses what cannot be kept exactly', () =>
    given()
      .when(define({ par: tooMuch }))
      .rejects('quantity-too-large'));
});

describe('StockItem: receive', () => {
  it('is received', () =>
    given(defined)
      .when(stock.receive(kilos(10)))
      .then(received(10)));
  it('says nothing of reordering, however little came', () =>
    given(defined)
      .when(stock.receive(kilos(1)))
      .then(received(1)));
  it('refuses nothing', () =>
    given(defined)
      .when(stock.receive(kilos(0)))
      .rejects('quantity-not-positive'));
  it('refuses less than nothing', () =>
    given(defined)
      .when(stock.receive(kilos(-1)))
      .rejects('quantity-not-positive'));
  it('refuses another dimension', () => given(defined).when(stock.receive(litre)).rejects('quantity-dimension-mismatch'));
  it('refuses more than can be kept exactly', () =>
    given(defined, received(10))
      .when(stock.receive({ amount: Number.MAX_SAFE_INTEGER, unit: 'mg' }))
      .rejects('quantity-too-large'));
  it('refuses where nothing was defined', () =>
    given()
      .when(stock.receive(kilos(10)))
      .rejects('stock-item-unknown'));
});

describe('StockItem: consume', () => {
  it('adds the uses up', () =>
    given(defined, received(10))
      .when(stock.consume(useOf(1), useOf(2)))
      .then(consumed(useOf(1), useOf(2))));
  it('says once that the reorder point is reached', () => {
    given(defined, received(10))
      .when(stock.consume(useOf(5)))
      .then(consumed(useOf(5)), reorderPointReached(5));
    given(defined, received(10), consumed(useOf(5)), reorderPointReached(5))
      .when(stock.consume(useOf(1)))
      .then(consumed(useOf(1)));
  });
  it('says it again after stock rose above it', () =>
    given(defined, received(10), consumed(useOf(6)), reorderPointReached(4), received(2))
      .when(stock.consume(useOf(1)))
      .then(consumed(useOf(1)), reorderPointReached(5)));
  it('does not say it again when stock rose to it only', () =>
    given(defined, received(10), consumed(useOf(6)), reorderPointReached(4), received(1))
      .when(stock.consume(useOf(1)))
      .then(consumed(useOf(1))));
  it('goes below 0', () =>
    given(defined)
      .when(stock.consume(useOf(1)))
      .then(consumed(useOf(1)), reorderPointReached(-1)));
  it('stays quiet when nothing was used', () => given(defined).when(stock.consume()).nothing());
  it('refuses a use of nothing', () =>
    given(defined)
      .when(stock.consume(useOf(1), useOf(0)))
      .rejects('quantity-not-positive'));
  it('refuses uses that cannot be added up exactly', () => {
    const huge = { ...useOf(1), quantity: Number.MAX_SAFE_INTEGER };
    given(defined)
      .when(stock.consume(huge, useOf(1)))
      .rejects('quantity-too-large');
  });
  it('refuses to go so far below 0 that it could not be kept exactly', () =>
    given(defined, consumed(useOf(1)))
      .when(stock.consume({ ...useOf(1), quantity: Number.MAX_SAFE_INTEGER }))
      .rejects('quantity-too-large'));
  it('takes as much as can be kept exactly', () => {
    const most = { ...useOf(1), quantity: Number.MAX_SAFE_INTEGER };
    given(defined, received(10), wasted(6), reorderPointReached(4)).when(stock.consume(most)).then(consumed(most));
  });
  it('refuses where nothing was defined', () =>
    given()
      .when(stock.consume(useOf(1)))
      .rejects('stock-item-unknown'));
});

describe('StockItem: waste', () => {
  it('is wasted', () =>
    given(defined, received(10))
      .when(stock.waste(kilos(1)))
      .then(wasted(1)));
  it('says that the reorder point is reached', () =>
    given(defined, received(10))
      .when(stock.waste(kilos(6)))
      .then(wasted(6), reorderPointReached(4)));
  it('says no more of reordering than once', () =>
    given(defined, received(10), wasted(6), reorderPointReached(4))
      .when(stock.waste(kilos(1)))
      .then(wasted(1)));
  it('refuses nothing', () =>
    given(defined)
      .when(stock.waste(kilos(0)))
      .rejects('quantity-not-positive'));
  it('refuses to go so far below 0 that it could not be kept exactly', () =>
    given(defined, consumed(useOf(1)))
      .when(stock.waste({ amount: Number.MAX_SAFE_INTEGER, unit: 'mg' }))
      .rejects('quantity-too-large'));
  it('takes as much as can be kept exactly', () =>
    given(defined, received(10), wasted(6), reorderPointReached(4))
      .when(stock.waste({ amount: Number.MAX_SAFE_INTEGER, unit: 'mg' }))
      .then({
        type: 'StockItemWasted',
        data: { stockItemId: beefId, quantity: Number.MAX_SAFE_INTEGER, reason: 'burnt', note: null },
      }));
  it('refuses another dimension', () => given(defined).when(stock.waste(litre)).rejects('quantity-dimension-mismatch'));
  it('refuses where nothing was defined', () =>
    given()
      .when(stock.waste(kilos(1)))
      .rejects('stock-item-unknown'));
});

describe('StockItem: count', () => {
  it('finds less than the books', () =>
    given(defined, received(10))
      .when(stock.count(kilos(9)))
      .then(counted(9, -1)));
  it('finds more than the books', () =>
    given(defined, received(10), wasted(1))
      .when(stock.count(kilos(10)))
      .then(counted(10, 1)));
  it('is a fact also when it finds what the books say', () =>
    given(defined, received(10))
      .when(stock.count(kilos(10)))
      .then(counted(10, 0)));
  it('says that the reorder point is reached', () =>
    given(defined, received(10))
      .when(stock.count(kilos(0)))
      .then(counted(0, -10), reorderPointReached(0)));
  it('lets it be said again when it finds more', () =>
    given(defined, consumed(useOf(1)), reorderPointReached(-1), counted(6, 7))
      .when(stock.waste(kilos(1)))
      .then(wasted(1), reorderPointReached(5)));
  it('refuses less than nothing', () =>
    given(defined)
      .when(stock.count(kilos(-1)))
      .rejects('quantity-negative'));
  it('refuses another dimension', () => given(defined).when(stock.count(litre)).rejects('quantity-dimension-mismatch'));
  it('refuses where nothing was defined', () =>
    given()
      .when(stock.count(kilos(1)))
      .rejects('stock-item-unknown'));
});
