import { orderDecider, type OrderEvent } from '../../src/domain/order.ts';
import * as order from '../support/order-facts.ts';
import { spec } from '../support/spec.ts';

const { given } = spec(orderDecider);
const { opened, added, bothAdded, bothFired, hamburgers, edamame, oneMore, paid, closed, orderId, header, onTicket, grillTicketId } = order;
const { grillStarted, grillReady, grillBumped, grillRecalled, hamburgersVoided } = order;
const fired = [opened, bothAdded, bothFired];
const voided = [...fired, hamburgersVoided];
const cancelled = [...fired, hamburgersVoided, order.edamameVoided, order.cancelled(hamburgers, edamame)];

describe('Order: send', () => {
  const grillAgain: OrderEvent = {
    type: 'OrderLinesFired',
    data: { orderId, header, tickets: [{ ticketId: `${orderId}.3`, stationId: 'grill', prepSeconds: 660, lines: [onTicket(oneMore)] }] },
  };
  const grillTogether: OrderEvent = {
    type: 'OrderLinesFired',
    data: {
      orderId,
      header,
      tickets: [
        { ticketId: `${orderId}.1`, stationId: 'grill', prepSeconds: 660, lines: [onTicket(hamburgers), onTicket(oneMore)] },
        { ticketId: `${orderId}.2`, stationId: 'cold', prepSeconds: 180, lines: [onTicket(edamame)] },
      ],
    },
  };

  it('fires a ticket a station', () => given(opened, bothAdded).when(order.sendOrder).then(bothFired));
  it('puts lines of one station on one ticket, as long as its slowest line', () =>
    given(opened, added(hamburgers, edamame, oneMore))
      .when(order.sendOrder)
      .then(grillTogether));
  it('fires later lines on new tickets', () =>
    given(...fired, added(oneMore))
      .when(order.sendOrder)
      .then(grillAgain));
  it('leaves removed lines out', () =>
    given(opened, added(hamburgers, oneMore), order.removed(oneMore)).when(order.sendOrder).then(order.grillFired));
  it('fires lines once', () =>
    given(...fired)
      .when(order.sendOrder)
      .nothing());
  it('stays quiet when all that was fired was voided', () =>
    given(...voided, order.edamameVoided)
      .when(order.sendOrder)
      .nothing());
  it('refuses an empty order', () => given(opened).when(order.sendOrder).rejects('order-empty'));
  it('refuses an order whose lines were removed', () =>
    given(opened, added(edamame), order.removed(edamame)).when(order.sendOrder).rejects('order-empty'));
  it('refuses a closed order', () =>
    given(...fired, paid, closed)
      .when(order.sendOrder)
      .rejects('order-not-open'));
  it('refuses where no order was opened', () => given().when(order.sendOrder).rejects('order-unknown'));
});

describe('Order: start a ticket', () => {
  const start = order.startTicket(grillTicketId);

  it('starts it and says what its lines take', () =>
    given(...fired)
      .when(start)
      .then(grillStarted));
  it('takes nothing for a voided line', () =>
    given(opened, added(hamburgers, oneMore), ...fireTogether(), { ...hamburgersVoided })
      .when(start)
      .then(startedWithOneMore()));
  it('starts after the order was closed', () =>
    given(...fired, paid, closed)
      .when(start)
      .then(grillStarted));
  it('starts once', () =>
    given(...fired, grillStarted)
      .when(start)
      .nothing());
  it('stays quiet when it is ready, bumped or recalled', () => {
    given(...fired, grillStarted, grillReady)
      .when(start)
      .nothing();
    given(...fired, grillStarted, grillBumped)
      .when(start)
      .nothing();
    given(...fired, grillStarted, grillBumped, grillRecalled)
      .when(start)
      .nothing();
  });
  it('refuses a ticket it never had', () =>
    given(...fired)
      .when(order.startTicket(order.unknownTicketId))
      .rejects('ticket-unknown'));
  it('refuses a ticket voided as a whole', () =>
    given(...voided)
      .when(start)
      .rejects('ticket-voided'));
  it('refuses on a cancelled order', () =>
    given(...cancelled)
      .when(start)
      .rejects('ticket-voided'));
  it('refuses where no order was opened', () => given().when(start).rejects('order-unknown'));
});

describe('Order: ready a ticket', () => {
  const ready = order.readyTicket(grillTicketId);

  it('is ready', () =>
    given(...fired, grillStarted)
      .when(ready)
      .then(grillReady));
  it('was started, whether or not the cook said so', () =>
    given(...fired)
      .when(ready)
      .then(grillStarted, grillReady));
  it('is ready again after a recall, without taking anything', () =>
    given(...fired, grillStarted, grillBumped, grillRecalled)
      .when(ready)
      .then(grillReady));
  it('is ready once', () =>
    given(...fired, grillStarted, grillReady)
      .when(ready)
      .nothing());
  it('stays quiet when it is bumped', () =>
    given(...fired, grillStarted, grillBumped)
      .when(ready)
      .nothing());
  it('refuses a ticket it never had', () =>
    given(...fired)
      .when(order.readyTicket(order.unknownTicketId))
      .rejects('ticket-unknown'));
  it('refuses a ticket voided as a whole', () =>
    given(...voided)
      .when(ready)
      .rejects('ticket-voided'));
});

describe('Order: bump a ticket', () => {
  const bump = order.bumpTicket(grillTicketId);

  it('is bumped', () =>
    given(...fired, grillStarted, grillReady)
      .when(bump)
      .then(grillBumped));
  it('was started, whether or not the cook said so', () =>
    given(...fired)
      .when(bump)
      .then(grillStarted, grillBumped));
  it('takes nothing twice after a recall', () =>
    given(...fired, grillStarted, grillBumped, grillRecalled)
      .when(bump)
      .then(grillBumped));
  it('is bumped after the order was closed', () =>
    given(...fired, paid, closed)
      .when(bump)
      .then(grillStarted, grillBumped));
  it('is bumped without being cooked when it was voided as a whole', () =>
    given(...voided)
      .when(bump)
      .then(order.grillBumpedEmpty));
  it('is bumped after the order was cancelled', () =>
    given(...cancelled)
      .when(bump)
      .then(order.grillBumpedEmpty));
  it('is bumped once', () =>
    given(...fired, grillStarted, grillBumped)
      .when(bump)
      .nothing());
  it('refuses a ticket it never had', () =>
    given(...fired)
      .when(order.bumpTicket(order.unknownTicketId))
      .rejects('ticket-unknown'));
});

describe('Order: recall a ticket', () => {
  const recall = order.recallTicket(grillTicketId);
  const bumped = [...fired, grillStarted, grillBumped];

  it('is recalled', () =>
    given(...bumped)
      .when(recall)
      .then(grillRecalled));
  it('is recalled after the order was closed', () =>
    given(...bumped, paid, closed)
      .when(recall)
      .then(grillRecalled));
  it('is recalled as often as it is bumped', () =>
    given(...bumped, grillRecalled, grillBumped)
      .when(recall)
      .then(grillRecalled));
  it('refuses a ticket that is still on the board', () =>
    given(...fired, grillStarted)
      .when(recall)
      .rejects('ticket-not-bumped'));
  it('refuses a second recall', () =>
    given(...bumped, grillRecalled)
      .when(recall)
      .rejects('ticket-not-bumped'));
  it('refuses a ticket voided as a whole', () =>
    given(...bumped, hamburgersVoided)
      .when(recall)
      .rejects('ticket-voided'));
  it('refuses a ticket it never had', () =>
    given(...fired)
      .when(order.recallTicket(order.unknownTicketId))
      .rejects('ticket-unknown'));
});

function fireTogether(): readonly OrderEvent[] {
  const lines = [onTicket(hamburgers), onTicket(oneMore)];
  return [
    {
      type: 'OrderLinesFired',
      data: { orderId, header, tickets: [{ ticketId: grillTicketId, stationId: 'grill', prepSeconds: 660, lines }] },
    },
  ];
}

function startedWithOneMore(): OrderEvent {
  const use = { lineId: oneMore.lineId, recipeVersion: oneMore.recipeVersion, ingredients: oneMore.recipe };
  return { type: 'OrderTicketStarted', data: { orderId, ticketId: grillTicketId, uses: [use] } };
}
