import { expect } from 'chai';
import type { Action } from '../../web/pos/actions.ts';
import type { Entry } from '../../web/pos/outbox.ts';
import { lineForMore, orderView, unsent, type OrderView } from '../../web/pos/order-view.ts';
import { pendingOn } from '../../web/pos/pending.ts';
import { tablesView } from '../../web/pos/tables-view.ts';
import { takeaways } from '../../web/pos/takeaways.ts';
import { fries, opening, order, orderLine } from './facts.ts';

const viewed = (...actions: readonly Action[]): OrderView => {
  const view = orderView(order, actions);
  if (view === null) throw new Error('There is no order');
  return view;
};
const of = { orderId: 'order-1' } as const;
const burger = { ...of, lineId: 'line-1', name: 'Hamburger' } as const;
const seen = ({ lines }: OrderView) =>
  lines.map(({ name, quantity, status, pending }) => `${quantity} ${name} ${status}${pending ? '?' : ''}`);
const payment = { tenderId: 'tender-1', kind: 'cash', amount: 1000, tip: 0, currency: 'USD', lastFour: null } as const;

describe('An order as the waiter sees it', () => {
  it('is the server’s where nothing waits', () => {
    expect(seen(viewed())).to.deep.equal(['2 Hamburger waiting']);
    expect([viewed().total, viewed().balance]).to.deep.equal([2590, 2590]);
  });
  it('has the lines that wait to be added, at the menu’s price', () => {
    expect(seen(viewed(fries))).to.deep.equal(['2 Hamburger waiting', '1 French Fries waiting?']);
    expect(viewed(fries).total).to.equal(3290);
  });
  it('has a line once, when the server has it as well', () => {
    const added = { ...order, lines: [orderLine, { ...orderLine, lineId: 'line-2', name: 'French Fries' }] };
    expect(orderView(added, [fries])?.lines.map(({ lineId }) => lineId)).to.deep.equal(['line-1', 'line-2']);
  });
  it('follows changes, removals and voids', () => {
    expect(seen(viewed({ ...burger, type: 'change-line', wishes: { quantity: 3, note: 'rare' } }))).to.deep.equal(['3 Hamburger waiting?']);
    expect(seen(viewed({ ...burger, type: 'remove-line' }))).to.deep.equal([]);
    const voided = viewed({ ...of, type: 'send' }, { ...burger, type: 'void-line', reason: 'sold out' });
    expect([seen(voided), voided.total]).to.deep.equal([['2 Hamburger voided?'], 0]);
  });
  it('is sent with all that came before, and not with what came after', () => {
    const view = viewed({ ...of, type: 'send' }, fries);
    expect(seen(view)).to.deep.equal(['2 Hamburger fired?', '1 French Fries waiting?']);
    expect(unsent(view).map(({ name }) => name)).to.deep.equal(['French Fries']);
  });
  it('counts a payment once', () => {
    const tender = { ...of, type: 'tender', payment } as const;
    expect([viewed(tender).paid, viewed(tender).balance]).to.deep.equal([1000, 1590]);
    const taken = {
      tenderId: 'tender-1',
      kind: 'cash',
      amount: { amount: 1000, currency: 'USD' },
      tip: { amount: 0, currency: 'USD' },
      reference: null,
      lastFour: null,
      at: order.openedAt,
    } as const;
    expect(orderView({ ...order, tenders: [taken], paid: { amount: 1000, currency: 'USD' } }, [tender])?.paid).to.equal(1000);
  });
  it('is there before the server has heard of it', () => {
    const view = orderView(null, [opening, fries]);
    expect([view?.tableName, view?.total, view?.status]).to.deep.equal(['5', 700, 'open']);
    expect(orderView(null, [fries])).to.equal(null);
  });
  it('ends when it is closed or cancelled', () => {
    expect([viewed({ ...of, type: 'close' }).status, viewed({ ...of, type: 'cancel', reason: 'left' }).status]).to.deep.equal([
      'closed',
      'cancelled',
    ]);
  });
  it('takes one more of the same onto the last line, while nothing sets it apart', () => {
    expect(lineForMore(viewed(), 'burger', null)?.lineId).to.equal('line-1');
    expect(lineForMore(viewed(), 'burger', 2)).to.equal(null);
    expect(lineForMore(viewed(fries), 'burger', null)).to.equal(null);
    expect(lineForMore(viewed({ ...of, type: 'send' }), 'burger', null)).to.equal(null);
    expect(lineForMore(viewed({ ...burger, type: 'change-line', wishes: { note: 'rare' } }), 'burger', null)).to.equal(null);
  });
});

describe('What an order as last read does not show', () => {
  const entry = (key: string, action: Action, refusal: string | null = null): Entry => ({
    key,
    userId: 'anna',
    occurredAt: null,
    needs: null,
    action,
    refusal,
  });
  const answered = (revision: number) => ({ entry: entry('k', fries), answer: { id: 'order-1', revision, position: 9 } });

  it('is what was answered with a later revision, then what waits, but not what was refused', () => {
    const entries = [entry('1', { ...of, type: 'send' }), entry('2', fries, 'no'), entry('3', { ...fries, orderId: 'another' })];
    expect(pendingOn('order-1', order, entries, [answered(3), answered(2)])).to.deep.equal([fries, { ...of, type: 'send' }]);
  });
});

describe('The table map on this terminal', () => {
  const table = {
    tableId: 'table-5',
    locationId: 'here',
    name: '5',
    section: null,
    seats: 4,
    state: 'available',
    covers: null,
    orderId: null,
    openOrders: [],
    seatedAt: null,
    revision: 1,
  } as const;
  const after = (...actions: readonly Action[]) =>
    tablesView([table], actions).map(({ state, covers, openOrders, pending }) => ({ state, covers, openOrders, pending }));

  it('shows what waits', () => {
    const seat = { type: 'seat-table', tableId: 'table-5', tableName: '5', covers: 2 } as const;
    expect(after(seat)).to.deep.equal([{ state: 'seated', covers: 2, openOrders: [], pending: true }]);
    expect(after(seat, opening)).to.deep.equal([{ state: 'ordered', covers: 2, openOrders: ['order-1'], pending: true }]);
    expect(after(seat, opening, { type: 'release-table', tableId: 'table-5', tableName: '5' })).to.deep.equal([
      { state: 'available', covers: null, openOrders: [], pending: true },
    ]);
  });
  it('counts tables as people do', () => {
    expect(
      tablesView(
        ['10', '9', '1'].map((name) => ({ ...table, name, tableId: name })),
        [],
      ).map(({ name }) => name),
    ).to.deep.equal(['1', '9', '10']);
  });
});

describe('The takeaway orders', () => {
  const toGo = { ...order, orderId: 'to-go', tableId: null, tableName: null };
  const shown = (...actions: readonly Action[]) => takeaways([order, toGo], actions).map(({ orderId, pending }) => [orderId, pending]);

  it('are the open orders without a table, and those that wait to be opened', () => {
    expect(shown({ ...opening, orderId: 'new', table: null }, opening)).to.deep.equal([
      ['to-go', false],
      ['new', true],
    ]);
  });
  it('are gone once closed or cancelled', () => expect(shown({ type: 'close', orderId: 'to-go' })).to.deep.equal([]));
});
