import { orderDecider, type LineWishes, type OrderCommand, type OrderEvent } from '../../src/domain/order.ts';
import * as order from '../support/order-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(orderDecider);
const { opened, added, bothAdded, bothFired, hamburgers, edamame, oneMore, paid, closed, orderId, usd } = order;

describe('Order: add lines', () => {
  it('adds them', () => given(opened).when(order.addLines(hamburgers, edamame)).then(bothAdded));
  it('adds what another waiter adds as well', () => given(opened, added(hamburgers)).when(order.addLines(edamame)).then(added(edamame)));
  it('adds only what a retry had not added', () =>
    given(opened, added(hamburgers)).when(order.addLines(hamburgers, edamame)).then(added(edamame)));
  it('adds them once', () => given(opened, bothAdded).when(order.addLines(hamburgers, edamame)).nothing());
  it('stays quiet about a retry after it was closed', () =>
    given(opened, bothAdded, bothFired, paid, closed).when(order.addLines(hamburgers)).nothing());
  it('does not bring back a removed line on a retry', () =>
    given(opened, added(hamburgers), order.removed(hamburgers)).when(order.addLines(hamburgers)).nothing());
  it('refuses another dish under a known line id', () =>
    given(opened, bothAdded)
      .when(order.addLines({ ...edamame, lineId: hamburgers.lineId }))
      .rejects('line-exists'));
  it('refuses two lines with one id', () =>
    given(opened)
      .when(order.addLines(hamburgers, { ...edamame, lineId: hamburgers.lineId }))
      .rejects('line-exists'));
  it('refuses another currency', () =>
    given(opened)
      .when(order.addLines({ ...edamame, price: { amount: 500, currency: 'EUR' } }))
      .rejects('currency-mismatch'));
  it('takes 999 portions', () =>
    given(opened)
      .when(order.addLines({ ...edamame, quantity: 999 }))
      .then(added({ ...edamame, quantity: 999 })));
  for (const quantity of [0, -1, 1.5, 1000, Number.NaN])
    it(`refuses ${quantity} portions`, () =>
      given(opened)
        .when(order.addLines({ ...edamame, quantity }))
        .rejects('line-quantity-invalid'));
  it('refuses a total that could not be kept exactly', () =>
    given(opened)
      .when(order.addLines({ ...edamame, price: usd(Number.MAX_SAFE_INTEGER) }, { ...hamburgers, price: usd(1) }))
      .rejects('amount-too-large'));
  it('refuses on a closed order', () =>
    given(opened, bothAdded, bothFired, paid, closed).when(order.addLines(oneMore)).rejects('order-not-open'));
  it('refuses on a cancelled order', () => given(opened, order.cancelled()).when(order.addLines(oneMore)).rejects('order-not-open'));
  it('refuses where no order was opened', () => given().when(order.addLines(hamburgers)).rejects('order-unknown'));
});

describe('Order: change a line', () => {
  const change = (wishes: Partial<LineWishes>, { lineId } = hamburgers): OrderCommand => ({
    type: 'ChangeOrderLine',
    data: { orderId, lineId, ...wishes },
  });
  const changed = (wishes: Partial<LineWishes>): OrderEvent => {
    const { lineId, quantity, seat, course, note } = hamburgers;
    return { type: 'OrderLineChanged', data: { orderId, lineId, quantity, seat, course, note, ...wishes } };
  };

  it('changes what is given and leaves the rest', () =>
    given(opened, bothAdded)
      .when(change({ quantity: 3 }))
      .then(changed({ quantity: 3 })));
  it('takes a wish back', () =>
    given(opened, bothAdded)
      .when(change({ note: null, seat: null }))
      .then(changed({ note: null, seat: null })));
  it('stays quiet when it is so already', () =>
    given(opened, bothAdded)
      .when(change({ quantity: 2, seat: 1, note: 'no onions' }))
      .nothing());
  it('changes once', () =>
    given(opened, bothAdded, changed({ quantity: 3 }))
      .when(change({ quantity: 3 }))
      .nothing());
  it('refuses a fired line', () =>
    given(opened, bothAdded, bothFired)
      .when(change({ quantity: 3 }))
      .rejects('line-fired'));
  it('refuses a line it never had', () =>
    given(opened)
      .when(change({ quantity: 3 }))
      .rejects('line-unknown'));
  it('refuses a removed line', () =>
    given(opened, bothAdded, order.removed(hamburgers))
      .when(change({ quantity: 3 }))
      .rejects('line-unknown'));
  it('refuses 0 portions', () =>
    given(opened, bothAdded)
      .when(change({ quantity: 0 }))
      .rejects('line-quantity-invalid'));
  it('refuses to leave more paid than due', () =>
    given(opened, bothAdded, order.tendered(3000, 90))
      .when(change({ quantity: 1 }))
      .rejects('paid-more-than-due'));
  it('refuses on a cancelled order', () =>
    given(opened, bothAdded, order.cancelled(hamburgers, edamame))
      .when(change({ quantity: 3 }))
      .rejects('order-not-open'));
  it('refuses where no order was opened', () =>
    given()
      .when(change({ quantity: 3 }))
      .rejects('order-unknown'));
});

describe('Order: remove a line', () => {
  it('removes a waiting line', () => given(opened, bothAdded).when(order.removeLine(edamame)).then(order.removed(edamame)));
  it('removes it once', () => given(opened, bothAdded, order.removed(edamame)).when(order.removeLine(edamame)).nothing());
  it('refuses a fired line', () => given(opened, bothAdded, bothFired).when(order.removeLine(edamame)).rejects('line-fired'));
  it('refuses a line it never had', () =>
    given(opened, bothAdded)
      .when(order.removeLine({ lineId: order.unknownLineId }))
      .rejects('line-unknown'));
  it('refuses to leave more paid than due', () =>
    given(opened, bothAdded, paid).when(order.removeLine(edamame)).rejects('paid-more-than-due'));
  it('refuses on a cancelled order', () =>
    given(opened, bothAdded, order.cancelled(hamburgers, edamame)).when(order.removeLine(edamame)).rejects('order-not-open'));
});

describe('Order: void a line', () => {
  const cooked = [opened, bothAdded, bothFired, order.grillStarted];
  const hamburgersVoided = (was: string) => ({ ...order.hamburgersVoided, data: { ...order.hamburgersVoided.data, was } }) as OrderEvent;

  it('voids a fired line', () => given(opened, bothAdded, bothFired).when(order.voidLine(edamame)).then(order.edamameVoided));
  it('says that it was being cooked', () =>
    given(...cooked)
      .when(order.voidLine(hamburgers))
      .then(hamburgersVoided('started')));
  it('says that it was ready', () =>
    given(...cooked, order.grillReady)
      .when(order.voidLine(hamburgers))
      .then(hamburgersVoided('ready')));
  it('says that it was served', () =>
    given(...cooked, order.grillBumped)
      .when(order.voidLine(hamburgers))
      .then(hamburgersVoided('served')));
  it('voids what is not yet paid, to the cent', () =>
    given(opened, bothAdded, bothFired, order.tendered(2590, 500)).when(order.voidLine(edamame)).then(order.edamameVoided));
  it('voids it once', () => given(opened, bothAdded, bothFired, order.edamameVoided).when(order.voidLine(edamame)).nothing());
  it('refuses a waiting line', () => given(opened, bothAdded).when(order.voidLine(edamame)).rejects('line-not-fired'));
  it('refuses a line it never had', () => given(opened).when(order.voidLine(edamame)).rejects('line-unknown'));
  it('refuses to leave more paid than due', () =>
    given(opened, bothAdded, bothFired, paid).when(order.voidLine(edamame)).rejects('paid-more-than-due'));
  it('refuses on a closed order', () =>
    given(opened, bothAdded, bothFired, paid, closed).when(order.voidLine(edamame)).rejects('order-not-open'));
});
