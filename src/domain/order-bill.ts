import { add, subtract, sum, times, type Money } from './money.ts';
import type { OrderEvent, OrderLine } from './order-messages.ts';
import { evolve, requireOpened, type FiredLine, type LineState, type OpenedOrder, type WaitingLine } from './order-state.ts';
import { Rejection } from './rejection.ts';

const isDue = (entry: LineState): entry is WaitingLine | FiredLine => entry.status === 'waiting' || entry.status === 'fired';

/** The lines the guest is to pay: waiting or fired, neither removed nor voided. */
export const dueLines = (order: OpenedOrder): readonly (WaitingLine | FiredLine)[] => [...order.lines.values()].filter(isDue);

export const lineTotal = ({ price, quantity }: OrderLine): Money => times(price, quantity);

export const totalOf = (order: OpenedOrder): Money => {
  let total: Money = { amount: 0, currency: order.currency };
  for (const entry of order.lines.values()) if (isDue(entry)) total = add(total, lineTotal(entry.line));
  return total;
};

export const tipsOf = (order: OpenedOrder): Money => {
  const tips = [...order.tenders.values()].map((tender) => tender.tip);
  return sum(order.currency, tips);
};

const paidOf = (order: OpenedOrder): Money => {
  const amounts = [...order.tenders.values()].map((tender) => tender.amount);
  return sum(order.currency, amounts);
};

export const balanceOf = (order: OpenedOrder): Money => subtract(totalOf(order), paidOf(order));

const requireDue = (balance: Money): void => {
  if (balance.amount < 0) throw new Rejection('paid-more-than-due', 'More was paid than would then be due: add what replaces it first.');
};

/** The order as the event leaves it must still come to at least what was paid. */
export const unlessOverpaid = (order: OpenedOrder, event: OrderEvent): readonly OrderEvent[] => {
  requireDue(balanceOf(requireOpened(evolve(order, event))));
  return [event];
};

/** So must the order with more lines, all of them due. */
export const requireDueWith = (order: OpenedOrder, lines: readonly OrderLine[]): void =>
  requireDue(subtract(lines.map(lineTotal).reduce(add, totalOf(order)), paidOf(order)));
