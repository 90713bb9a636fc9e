import { expect } from 'chai';
import fc from 'fast-check';
import type { LineId } from '../../src/domain/ids.ts';
import { balanceOf } from '../../src/domain/order-bill.ts';
import { orderDecider, type Order, type OrderCommand, type OrderEvent, type OrderLine } from '../../src/domain/order.ts';
import * as order from '../support/order-facts.ts';
import { play, unlessRefused, type Move, type Step } from '../support/spec.ts';

type OrderStep = Step<Order, OrderCommand, OrderEvent>;
const { orderId, usd } = order;

const lineIds = ['line-1', 'line-2', 'line-3', 'line-4'];
const ticketIds = [1, 2, 3].map((n) => `${orderId}.${n}`);

const aLineId = fc.constantFrom(...lineIds);
const aQuantity = fc.integer({ min: 1, max: 4 });

const aLine: fc.Arbitrary<OrderLine> = fc
  .record({
    lineId: aLineId,
    stationId: fc.constantFrom('grill', 'cold'),
    quantity: aQuantity,
    price: fc.constantFrom(0, 1, 250, 1295).map(usd),
    recipe: fc.constantFrom([], [{ stockItemId: 'beef', quantity: 150_000 }], [...order.hamburgers.recipe]),
  })
  .map((line) => ({ ...order.hamburgers, ...line }));

const changing = fc
  .record({ lineId: aLineId, quantity: aQuantity })
  .map((data): OrderCommand => ({ type: 'ChangeOrderLine', data: { orderId, ...data } }));

const cooking = fc
  .tuple(fc.constantFrom(order.startTicket, order.readyTicket, order.bumpTicket, order.recallTicket), fc.constantFrom(...ticketIds))
  .map(([command, ticketId]) => command(ticketId));

/** About a share of what is due, now and then too much. */
const paying = fc
  .record({ tenderId: fc.uuid(), share: fc.constantFrom(0.3, 0.5, 1, 1, 1.01) })
  .map(({ tenderId, share }) => (state: Order): OrderCommand => {
    const due = state.status === 'unknown' ? 0 : balanceOf(state).amount;
    return { type: 'TenderOrder', data: { orderId, tender: { ...order.tender, tenderId, amount: usd(Math.ceil(due * share)) } } };
  });

const aMove: fc.Arbitrary<Move<Order, OrderCommand>> = fc.oneof(
  { weight: 10, arbitrary: fc.array(aLine, { minLength: 1, maxLength: 2 }).map((lines) => order.addLines(...lines)) },
  { weight: 6, arbitrary: changing },
  { weight: 3, arbitrary: aLineId.map((lineId) => order.removeLine({ lineId })) },
  { weight: 6, arbitrary: aLineId.map((lineId) => order.voidLine({ lineId })) },
  { weight: 12, arbitrary: fc.constant(order.sendOrder) },
  { weight: 40, arbitrary: cooking },
  { weight: 8, arbitrary: paying },
  { weight: 5, arbitrary: fc.constant(order.closeOrder) },
  { weight: 1, arbitrary: fc.constant(order.cancelOrder) },
);

const anEvening = fc
  .array(aMove, { minLength: 20, maxLength: 60, size: 'max' })
  .map((moves) => play(orderDecider, [order.openOrder, ...moves]));
const eventsOf = (steps: readonly OrderStep[]) => steps.flatMap((step) => step.events);

/** The same rules told once more, from the events alone. */
type Bill = {
  readonly due: ReadonlyMap<LineId, OrderLine>;
  readonly waiting: ReadonlySet<LineId>;
  readonly paid: number;
  readonly tips: number;
};
const nothing: Bill = { due: new Map(), waiting: new Set(), paid: 0, tips: 0 };

const without = (bill: Bill, lineId: LineId): Bill => ({
  ...bill,
  due: new Map([...bill.due].filter(([id]) => id !== lineId)),
  waiting: new Set([...bill.waiting].filter((id) => id !== lineId)),
});

const billed = (bill: Bill, event: OrderEvent): Bill => {
  if (event.type === 'OrderLinesAdded') {
    const added = event.data.lines.map((line) => [line.lineId, line] as const);
    return { ...bill, due: new Map([...bill.due, ...added]), waiting: new Set([...bill.waiting, ...added.map(([id]) => id)]) };
  }
  if (event.type === 'OrderLineChanged') {
    const line = bill.due.get(event.data.lineId);
    return line ? { ...bill, due: new Map(bill.due).set(line.lineId, { ...line, quantity: event.data.quantity }) } : bill;
  }
  if (event.type === 'OrderLineRemoved') return without(bill, event.data.lineId);
  if (event.type === 'OrderLineVoided') return without(bill, event.data.line.lineId);
  if (event.type === 'OrderLinesFired') return { ...bill, waiting: new Set() };
  if (event.type === 'OrderTendered')
    return { ...bill, paid: bill.paid + event.data.tender.amount.amount, tips: bill.tips + event.data.tender.tip.amount };
  return bill;
};

const billOf = (events: readonly OrderEvent[]) => events.reduce(billed, nothing);
const totalOf = (bill: Bill) => [...bill.due.values()].reduce((total, line) => total + line.price.amount * line.quantity, 0);

const bumpAll = (steps: readonly OrderStep[]): readonly OrderEvent[] => {
  const events = eventsOf(steps);
  const tickets = events.flatMap((event) => (event.type === 'OrderLinesFired' ? event.data.tickets : []));
  return tickets.reduce(
    (past, { ticketId }) => [
      ...past,
      ...orderDecider.decide(past.reduce(orderDecider.evolve, orderDecider.initial), order.bumpTicket(ticketId)),
    ],
    events,
  );
};

describe('Order: whatever is commanded', () => {
  it('says the balance its lines and tenders come to, and never one below 0', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        eventsOf(steps).reduce((bill, event) => {
          const next = billed(bill, event);
          expect(totalOf(next) - next.paid).to.be.at.least(0);
          if (event.type === 'OrderTendered') expect(event.data.balance).to.deep.equal(usd(totalOf(next) - next.paid));
          if (event.type === 'OrderClosed') expect(event.data.total).to.deep.equal(usd(totalOf(next)));
          if (event.type === 'OrderClosed') expect(event.data.tips).to.deep.equal(usd(next.tips));
          if (event.type === 'OrderClosed') expect(event.data.lineIds).to.have.members([...next.due.keys()]);
          return next;
        }, nothing);
      }),
    ));

  it('closes if and only if it is sent and paid', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        const last = steps.at(-1)?.after ?? orderDecider.initial;
        const bill = billOf(eventsOf(steps));
        const payable = last.status === 'open' && bill.due.size > 0 && bill.waiting.size === 0 && totalOf(bill) === bill.paid;
        const closing = unlessRefused(() => orderDecider.decide(last, order.closeOrder));
        expect(closing?.length === 1).to.equal(payable);
      }),
    ));

  it('fires a line once, as it then is, on a ticket of its own station', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        const fired = eventsOf(steps).flatMap((event) => (event.type === 'OrderLinesFired' ? event.data.tickets : []));
        const lines = fired.flatMap((ticket) => ticket.lines.map((line) => line.lineId));
        expect(new Set(lines).size).to.equal(lines.length);
        expect(fired.map((ticket) => ticket.ticketId)).to.deep.equal(fired.map((_, index) => `${orderId}.${index + 1}`));
      }),
    ));

  it('takes what each fired line needs exactly once, unless it was voided before', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        const events = bumpAll(steps);
        const started = new Set<LineId>();
        const expected: unknown[] = [];
        events.reduce((bill, event) => {
          if (event.type === 'OrderTicketStarted') {
            const ticket = events
              .flatMap((past) => (past.type === 'OrderLinesFired' ? past.data.tickets : []))
              .find((t) => t.ticketId === event.data.ticketId);
            const cooked = (ticket?.lines ?? []).flatMap(({ lineId }) => bill.due.get(lineId) ?? []);
            for (const line of cooked) started.add(line.lineId);
            expected.push(...cooked.map(useOf));
          }
          return billed(bill, event);
        }, nothing);
        expect(events.flatMap((event) => (event.type === 'OrderTicketStarted' ? event.data.uses : []))).to.deep.equal(expected);
        expect(started.size).to.equal(expected.length);
        const servable = [...billOf(events).due.keys()].filter((lineId) => !billOf(events).waiting.has(lineId));
        expect([...started]).to.include.members(servable);
      }),
    ));

  it('does nothing for a command said twice', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        for (const { command, after } of steps) expect(unlessRefused(() => orderDecider.decide(after, command)) ?? []).to.deep.equal([]);
      }),
    ));

  it('cooks nothing that was not fired, and nothing after it was voided', () =>
    fc.assert(
      fc.property(anEvening, (steps) => {
        const fired = new Set<LineId>();
        for (const event of eventsOf(steps)) {
          if (event.type === 'OrderLinesFired')
            for (const { lineId } of event.data.tickets.flatMap((ticket) => ticket.lines)) fired.add(lineId);
          if (event.type === 'OrderLineVoided') expect(fired.delete(event.data.line.lineId)).to.equal(true);
          for (const lineId of cookedIn(event)) expect(fired).to.include(lineId);
        }
      }),
    ));
});

const useOf = ({ lineId, recipeVersion, recipe, quantity: portions }: OrderLine) => ({
  lineId,
  recipeVersion,
  ingredients: recipe.map(({ stockItemId, quantity }) => ({ stockItemId, quantity: quantity * portions })),
});

const cookedIn = (event: OrderEvent): readonly LineId[] => {
  if (event.type === 'OrderTicketStarted') return event.data.uses.map((use) => use.lineId);
  if (event.type === 'OrderTicketReady') return event.data.lineIds;
  return event.type === 'OrderTicketBumped' || event.type === 'OrderTicketRecalled' ? event.data.lines.map((line) => line.lineId) : [];
};
