import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { tableMap, type TableRow } from '../../src/projections/table-map.ts';
import { canonicalEvents, locationId, orderId, tableId } from '../support/canonical-events.ts';
import { cancelled, closed, opened } from '../support/order-facts.ts';
import { defined, released, seated } from '../support/table-facts.ts';
import { minute, onlyRow, told } from './told.ts';

const after = (...events: readonly DomainEvent[]) => onlyRow(told(tableMap, defined, ...events));

const available: TableRow = {
  tableId,
  locationId,
  name: '12',
  section: 'Terrace',
  seats: 4,
  state: 'available',
  covers: null,
  orderId: null,
  openOrders: [],
  seatedAt: null,
  revision: 1,
};
const secondOpened: DomainEvent = { type: 'OrderOpened', data: { ...canonicalEvents.OrderOpened.data, orderId: 'order-2' } };
const secondClosed: DomainEvent = { type: 'OrderClosed', data: { ...canonicalEvents.OrderClosed.data, orderId: 'order-2' } };

describe('Table map', () => {
  it('begins with a free table', () => expect(after()).to.deep.equal(available));

  it('shows guests seated', () => {
    expect(after(seated(3))).to.deep.equal({ ...available, state: 'seated', covers: 3, seatedAt: minute(2), revision: 2 });
  });

  it('shows the order of a table, whose own revision stays', () => {
    expect(after(seated(3), opened)).to.deep.equal({
      ...available,
      state: 'ordered',
      covers: 3,
      orderId,
      openOrders: [orderId],
      seatedAt: minute(2),
      revision: 2,
    });
  });

  it('shows an order before anyone says that its guests are seated', () => {
    expect(after(opened)).to.deep.include({ state: 'ordered', covers: 2, orderId, seatedAt: minute(2) });
    expect(after(opened, seated(3))).to.deep.include({ state: 'ordered', covers: 3, orderId, seatedAt: minute(3) });
  });

  it('shows a table that has paid', () => {
    expect(after(seated(3), opened, closed)).to.deep.include({ state: 'paid', covers: 3, orderId, openOrders: [] });
  });

  it('shows a table seated whose order was cancelled', () => {
    expect(after(seated(3), opened, cancelled())).to.deep.include({ state: 'seated', covers: 3, openOrders: [] });
  });

  it('has paid when the last of its orders has', () => {
    expect(after(seated(3), opened, secondOpened, secondClosed)).to.deep.include({ state: 'ordered', orderId, openOrders: [orderId] });
    expect(after(seated(3), opened, secondOpened, secondClosed, closed)).to.deep.include({ state: 'paid', openOrders: [] });
  });

  it('shows a released table free, whatever its last order comes to', () => {
    expect(after(seated(3), opened, closed, released)).to.deep.equal({ ...available, revision: 5 });
    expect(after(seated(3), opened, released, closed)).to.deep.equal({ ...available, revision: 4 });
  });

  it('has no part in orders without a table', () => {
    const takeaway: DomainEvent = { type: 'OrderOpened', data: { ...canonicalEvents.OrderOpened.data, table: null } };
    expect(after(takeaway)).to.deep.equal(available);
  });
});
