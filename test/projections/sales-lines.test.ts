import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { salesLines, type SalesLine } from '../../src/projections/sales-lines.ts';
import { hamburgerId, locationId, orderId } from '../support/canonical-events.ts';
import * as order from '../support/order-facts.ts';
import { minute, told } from './told.ts';

const { opened, bothAdded, bothFired, edamame, hamburgers } = order;
const after = (...events: readonly DomainEvent[]) => [...told(salesLines, opened, bothAdded, ...events).values()];

const hamburgersOrdered: SalesLine = {
  lineId: hamburgers.lineId,
  orderId,
  locationId,
  menuItemId: hamburgerId,
  name: 'Hamburger',
  categoryId: 'american',
  categoryName: 'American',
  quantity: 2,
  price: 1295,
  gross: 2590,
  currency: 'USD',
  orderedAt: minute(2),
  closedAt: null,
};

describe('Sales lines', () => {
  it('are what was ordered, not sold yet', () => {
    const [first, second] = after();
    expect(first).to.deep.equal(hamburgersOrdered);
    expect(second).to.deep.include({ name: 'Edamame', quantity: 1, gross: 500, closedAt: null });
  });

  it('follow the change of a line', () => {
    const changed: DomainEvent = {
      type: 'OrderLineChanged',
      data: { orderId, lineId: hamburgers.lineId, quantity: 3, seat: null, course: null, note: null },
    };
    expect(after(changed)[0]).to.deep.equal({ ...hamburgersOrdered, quantity: 3, gross: 3885 });
  });

  it('are no more once removed or voided', () => {
    expect(after(order.removed(edamame))).to.deep.equal([hamburgersOrdered]);
    expect(after(bothFired, order.edamameVoided)).to.deep.equal([hamburgersOrdered]);
  });

  it('are sold when the order is closed, at the time they were ordered', () => {
    expect(after(bothFired, order.paid, order.closed)[0]).to.deep.equal({ ...hamburgersOrdered, closedAt: minute(5) });
  });

  it('are no more once the order is cancelled', () => expect(after(order.cancelled(hamburgers, edamame))).to.deep.equal([]));
});
