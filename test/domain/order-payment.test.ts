import { orderDecider, type OrderCommand, type Tender } from '../../src/domain/order.ts';
import { tableId } from '../support/canonical-events.ts';
import * as order from '../support/order-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(orderDecider);
const { opened, bothAdded, bothFired, hamburgers, edamame, oneMore, paid, closed, orderId, tender, usd } = order;
const fired = [opened, bothAdded, bothFired];

describe('Order: tender', () => {
  const take = (wishes: Partial<Tender> = {}): OrderCommand => ({
    type: 'TenderOrder',
    data: { orderId, tender: { ...tender, ...wishes } },
  });

  it('takes the whole', () =>
    given(...fired)
      .when(take())
      .then(paid));
  it('takes a part and says what is still due', () =>
    given(...fired)
      .when(take({ amount: usd(1000) }))
      .then(order.tendered(1000, 2090)));
  it('takes it before anything is cooked', () => given(opened, bothAdded).when(take()).then(paid));
  it('takes a second tender', () =>
    given(...fired, order.tendered(1000, 2090))
      .when(take({ tenderId: 'second', kind: 'cash', amount: usd(2090), tip: usd(0), reference: null, lastFour: null }))
      .then({
        type: 'OrderTendered',
        data: {
          orderId,
          tender: { tenderId: 'second', kind: 'cash', amount: usd(2090), tip: usd(0), reference: null, lastFour: null },
          balance: usd(0),
        },
      }));
  it('takes it once', () =>
    given(...fired, paid)
      .when(take())
      .nothing());
  it('stays quiet about a retry after it was closed', () =>
    given(...fired, paid, closed)
      .when(take())
      .nothing());
  it('refuses another payment under its id', () =>
    given(...fired, order.tendered(1000, 2090))
      .when(take())
      .rejects('tender-exists'));
  it('refuses more than is due', () =>
    given(...fired)
      .when(take({ amount: usd(3091) }))
      .rejects('tender-exceeds-balance'));
  it('counts a voided line as not due', () =>
    given(...fired, order.edamameVoided)
      .when(take())
      .rejects('tender-exceeds-balance'));
  for (const amount of [0, -1, 0.5])
    it(`refuses ${amount}`, () =>
      given(...fired)
        .when(take({ amount: usd(amount) }))
        .rejects('tender-amount-invalid'));
  it('refuses a tip below 0', () =>
    given(...fired)
      .when(take({ tip: usd(-1) }))
      .rejects('tip-invalid'));
  it('refuses another currency', () =>
    given(...fired)
      .when(take({ amount: { amount: 3090, currency: 'EUR' } }))
      .rejects('currency-mismatch'));
  it('refuses a tip in another currency', () =>
    given(...fired)
      .when(take({ tip: { amount: 1, currency: 'EUR' } }))
      .rejects('currency-mismatch'));
  it('refuses a whole card number', () =>
    given(...fired)
      .when(take({ lastFour: '4242424242424242' }))
      .rejects('last-four-invalid'));
  it('refuses on a cancelled order', () => given(opened, order.cancelled()).when(take()).rejects('order-not-open'));
  it('refuses where no order was opened', () => given().when(take()).rejects('order-unknown'));
});

describe('Order: close', () => {
  it('closes what is paid', () =>
    given(...fired, paid)
      .when(order.closeOrder)
      .then(closed));
  it('sells no voided line', () =>
    given(...fired, order.edamameVoided, order.tendered(2590, 0))
      .when(order.closeOrder)
      .then({ type: 'OrderClosed', data: { orderId, tableId, lineIds: [hamburgers.lineId], total: usd(2590), tips: usd(450) } }));
  it('closes an order that costs nothing', () => {
    const free = { ...edamame, price: usd(0) };
    given(opened, order.added(hamburgers, free), bothFired, order.hamburgersVoided)
      .when(order.closeOrder)
      .then({ type: 'OrderClosed', data: { orderId, tableId, lineIds: [free.lineId], total: usd(0), tips: usd(0) } });
  });
  it('closes once', () =>
    given(...fired, paid, closed)
      .when(order.closeOrder)
      .nothing());
  it('refuses while something is due', () =>
    given(...fired, order.tendered(3089, 1))
      .when(order.closeOrder)
      .rejects('balance-due'));
  it('refuses while a line waits', () =>
    given(...fired, paid, order.added(oneMore))
      .when(order.closeOrder)
      .rejects('lines-waiting'));
  it('refuses an empty order', () => given(opened).when(order.closeOrder).rejects('order-empty'));
  it('refuses an order voided as a whole', () =>
    given(...fired, order.hamburgersVoided, order.edamameVoided)
      .when(order.closeOrder)
      .rejects('order-empty'));
  it('refuses a cancelled order', () => given(opened, order.cancelled()).when(order.closeOrder).rejects('order-not-open'));
  it('refuses where no order was opened', () => given().when(order.closeOrder).rejects('order-unknown'));
});
