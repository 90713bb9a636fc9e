import { orderDecider } from '../../src/domain/order.ts';
import * as order from '../support/order-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(orderDecider);
const { opened, bothAdded, bothFired, grillFired, hamburgers, edamame, oneMore, paid, closed } = order;

describe('Order: open', () => {
  it('opens', () => given().when(order.openOrder).then(opened));
  it('opens once', () => given(opened).when(order.openOrder).nothing());
  it('stays quiet about a retry after it was closed', () =>
    given(opened, bothAdded, bothFired, paid, closed).when(order.openOrder).nothing());
  it('refuses another order under its id', () =>
    given(opened)
      .when({ type: 'OpenOrder', data: { ...opened.data, covers: 5 } })
      .rejects('order-exists'));
});

describe('Order: cancel', () => {
  const voidedByCancel = { reason: 'guests left', approvedBy: order.managerId };
  const hamburgersVoided = {
    ...order.hamburgersVoided,
    data: { ...order.hamburgersVoided.data, ...voidedByCancel },
  } as typeof order.hamburgersVoided;
  const cancelledWithHamburgers = order.cancelled(hamburgers);

  it('cancels what nobody ordered on', () => given(opened).when(order.cancelOrder).then(order.cancelled()));
  it('cancels lines the kitchen never saw', () =>
    given(opened, bothAdded).when(order.cancelOrder).then(order.cancelled(hamburgers, edamame)));
  it('voids what the kitchen has, so that it hears', () =>
    given(opened, order.added(hamburgers), grillFired, order.added(oneMore))
      .when(order.cancelOrder)
      .then(hamburgersVoided, order.cancelled(hamburgers, oneMore)));
  it('names neither removed nor voided lines', () =>
    given(opened, bothAdded, bothFired, order.edamameVoided, order.added(oneMore), order.removed(oneMore))
      .when(order.cancelOrder)
      .then(hamburgersVoided, cancelledWithHamburgers));
  it('cancels once', () => given(opened, order.cancelled()).when(order.cancelOrder).nothing());
  it('refuses what was paid in part', () =>
    given(opened, bothAdded, order.tendered(500, 2590)).when(order.cancelOrder).rejects('order-tendered'));
  it('refuses what is closed', () => given(opened, bothAdded, bothFired, paid, closed).when(order.cancelOrder).rejects('order-closed'));
  it('refuses what was never opened', () => given().when(order.cancelOrder).rejects('order-unknown'));
});
