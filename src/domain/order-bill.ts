import { subtract, sum, times, type Money } from './money.ts';
import type { OrderEvent, OrderLine } from './order-messages.ts';
import { evolve, requireOpened, type FiredLine, type OpenedOrder, type WaitingLine } from './order-state.ts';
import { Rejection } from './rejection.ts';

/** The lines the guest is to pay: waiting or fired, neither removed nor voided. */
export const dueLines = (order: OpenedOrder): readonly (WaitingLine | FiredLine)[] =>
  [...order.lines.values()].filter((entry) => entry.status === 'waiting' || entry.status === 'fired');

export const lineTotal = ({ price, quantity }: OrderLine): Money => times(price, quantity);

export const totalOf = (order: OpenedOrder): Money => {
  const totals = dueLines(order).map(({ line }) => lineTotal(line));
  return sum(order.currency, totals);
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

/** The order as the event leaves it must still come to at least what was paid. */
export const unlessOverpaid = (order: OpenedOrder, event: OrderEvent): readonly OrderEvent[] => {
  if (balanceOf(requireOpened(evolve(order, event))).amount < 0)
    throw new Rejection('paid-more-than-due', 'More was paid than would then be due: add what replaces it first.');
  return [event];
};
