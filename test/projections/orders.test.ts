import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { orders, type OrderRow, type OrderRowLine } from '../../src/projections/orders.ts';
import {
  canonicalEvents,
  coldTicketId,
  edamameDishId,
  grillTicketId,
  hamburgerId,
  locationId,
  orderId,
  tableId,
} from '../support/canonical-events.ts';
import * as order from '../support/order-facts.ts';
import { minute, onlyRow, told } from './told.ts';

const { opened, bothAdded, bothFired, grillStarted, grillReady, grillBumped, grillRecalled, edamame, hamburgers } = order;
const after = (...events: readonly DomainEvent[]): OrderRow | null => onlyRow(told(orders, opened, ...events));

const openedRow: OrderRow = {
  orderId,
  locationId,
  orderType: 'dine-in',
  status: 'open',
  reference: '104',
  tableId,
  tableName: '12',
  covers: 2,
  server: 'Ana',
  currency: 'USD',
  lines: [],
  tenders: [],
  total: 0,
  paid: 0,
  tips: 0,
  balance: 0,
  openedAt: minute(1),
  closedAt: null,
  revision: 1,
};
const hamburgersLine: OrderRowLine = {
  lineId: hamburgers.lineId,
  menuItemId: hamburgerId,
  name: 'Hamburger',
  categoryId: 'american',
  stationId: 'grill',
  quantity: 2,
  price: 1295,
  amount: 2590,
  seat: 1,
  course: 1,
  note: 'no onions',
  status: 'waiting',
  ticketId: null,
  voidReason: null,
};
const edamameLine: OrderRowLine = {
  ...hamburgersLine,
  lineId: edamame.lineId,
  menuItemId: edamameDishId,
  name: 'Edamame',
  categoryId: 'asian',
  stationId: 'cold',
  quantity: 1,
  price: 500,
  amount: 500,
  seat: 2,
  note: null,
};
const withBoth: OrderRow = { ...openedRow, lines: [hamburgersLine, edamameLine], total: 3090, balance: 3090, revision: 2 };
const statuses = (row: OrderRow | null) => row?.lines.map(({ status }) => status);

describe('Orders', () => {
  it('begin empty', () => expect(after()).to.deep.equal(openedRow));

  it('begin without a table where there is none', () => {
    const takeaway: DomainEvent = {
      type: 'OrderOpened',
      data: { ...canonicalEvents.OrderOpened.data, orderType: 'takeaway', table: null },
    };
    expect(onlyRow(told(orders, takeaway))).to.deep.equal({ ...openedRow, orderType: 'takeaway', tableId: null, tableName: null });
  });

  it('grow by lines, and come to their sum', () => expect(after(bothAdded)).to.deep.equal(withBoth));

  it('follow the change of a line', () => {
    const changed: DomainEvent = {
      type: 'OrderLineChanged',
      data: { orderId, lineId: edamame.lineId, quantity: 3, seat: 1, course: 2, note: 'no salt' },
    };
    expect(after(bothAdded, changed)).to.deep.equal({
      ...withBoth,
      lines: [hamburgersLine, { ...edamameLine, quantity: 3, amount: 1500, seat: 1, course: 2, note: 'no salt' }],
      total: 4090,
      balance: 4090,
      revision: 3,
    });
  });

  it('lose a removed line', () => {
    expect(after(bothAdded, order.removed(edamame))).to.deep.equal({
      ...withBoth,
      lines: [hamburgersLine],
      total: 2590,
      balance: 2590,
      revision: 3,
    });
  });

  it('tell where each line is', () => {
    const fired = after(bothAdded, bothFired);
    expect(fired).to.deep.equal({
      ...withBoth,
      lines: [
        { ...hamburgersLine, status: 'fired', ticketId: grillTicketId },
        { ...edamameLine, status: 'fired', ticketId: coldTicketId },
      ],
      revision: 3,
    });
    expect(statuses(after(bothAdded, bothFired, grillStarted))).to.deep.equal(['started', 'fired']);
    expect(statuses(after(bothAdded, bothFired, grillStarted, grillReady))).to.deep.equal(['ready', 'fired']);
    expect(statuses(after(bothAdded, bothFired, grillStarted, grillReady, grillBumped))).to.deep.equal(['served', 'fired']);
    expect(statuses(after(bothAdded, bothFired, grillStarted, grillReady, grillBumped, grillRecalled))).to.deep.equal(['started', 'fired']);
  });

  it('keep a voided line, with its reason, and do not charge it', () => {
    const row = after(bothAdded, bothFired, order.edamameVoided);
    expect(row?.lines[1]).to.deep.equal({ ...edamameLine, status: 'voided', ticketId: coldTicketId, voidReason: 'burnt' });
    expect(row).to.deep.include({ total: 2590, balance: 2590 });
  });

  it('are paid by tenders, tips on top', () => {
    const row = after(bothAdded, order.tendered(1000, 2090), order.tendered(2090, 0));
    expect(row).to.deep.include({ total: 3090, paid: 3090, tips: 900, balance: 0 });
    expect(row?.tenders[0]).to.deep.equal({
      tenderId: order.tender.tenderId,
      kind: 'card',
      amount: 1000,
      tip: 450,
      reference: 'auth-7F31',
      lastFour: '4242',
      at: minute(3),
    });
  });

  it('are closed', () => {
    expect(after(bothAdded, order.paid, order.closed)).to.deep.include({
      status: 'closed',
      closedAt: minute(4),
      total: 3090,
      balance: 0,
      revision: 4,
    });
  });

  it('owe nothing once cancelled', () => {
    expect(after(bothAdded, order.cancelled(hamburgers, edamame))).to.deep.include({
      status: 'cancelled',
      closedAt: minute(3),
      total: 3090,
      balance: 0,
    });
  });
});
