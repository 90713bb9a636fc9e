import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { allDay } from '../../src/projections/all-day.ts';
import { edamameDishId, hamburgerId, locationId } from '../support/canonical-events.ts';
import * as order from '../support/order-facts.ts';
import { told } from './told.ts';

const { opened, bothAdded, bothFired, grillStarted, grillBumped, grillRecalled, hamburgersVoided } = order;
const hamburgersKey = `${locationId}/grill/${hamburgerId}`;
const edamameKey = `${locationId}/cold/${edamameDishId}`;

const counts = (...events: readonly DomainEvent[]) =>
  Object.fromEntries([...told(allDay, opened, bothAdded, bothFired, ...events)].map(([key, { quantity }]) => [key, quantity]));

/** Another order of three hamburgers, on a ticket of its own. */
const threeMore: DomainEvent = {
  type: 'OrderLinesFired',
  data: {
    orderId: 'order-2',
    header: order.header,
    tickets: [
      { ticketId: 'order-2.1', stationId: 'grill', prepSeconds: 600, lines: [{ ...order.onTicket(order.hamburgers), quantity: 3 }] },
    ],
  },
};

describe('All-day counts', () => {
  it('count the portions each station was sent', () => {
    expect(told(allDay, opened, bothAdded, bothFired).get(hamburgersKey)).to.deep.equal({
      key: hamburgersKey,
      locationId,
      stationId: 'grill',
      menuItemId: hamburgerId,
      name: 'Hamburger',
      quantity: 2,
    });
    expect(counts()).to.deep.equal({ [hamburgersKey]: 2, [edamameKey]: 1 });
  });

  it('add up over orders', () => expect(counts(threeMore)).to.deep.equal({ [hamburgersKey]: 5, [edamameKey]: 1 }));

  it('count what is being cooked', () => expect(counts(grillStarted)).to.deep.equal({ [hamburgersKey]: 2, [edamameKey]: 1 }));

  it('leave out what was bumped', () => {
    expect(counts(threeMore, grillStarted, grillBumped)).to.deep.equal({ [hamburgersKey]: 3, [edamameKey]: 1 });
    expect(counts(grillStarted, grillBumped)).to.deep.equal({ [edamameKey]: 1 });
  });

  it('count what was recalled', () => {
    expect(counts(grillStarted, grillBumped, grillRecalled)).to.deep.equal({ [hamburgersKey]: 2, [edamameKey]: 1 });
  });

  it('leave out what was voided before it was served', () => {
    expect(counts(threeMore, hamburgersVoided)).to.deep.equal({ [hamburgersKey]: 3, [edamameKey]: 1 });
  });

  it('are not lowered twice by a void after the bump', () => {
    const servedVoided: DomainEvent = { type: 'OrderLineVoided', data: { ...voidData(), was: 'served' } };
    expect(counts(threeMore, grillStarted, grillBumped, servedVoided)).to.deep.equal({ [hamburgersKey]: 3, [edamameKey]: 1 });
  });

  it('come to the same in whatever order they are told', () => {
    expect([...told(allDay, grillBumped, bothFired).keys()]).to.deep.equal([edamameKey]);
  });
});

const voidData = () => {
  if (hamburgersVoided.type !== 'OrderLineVoided') throw new Error('Not a void');
  return hamburgersVoided.data;
};
