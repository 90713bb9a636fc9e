import { requireCurrency, subtract } from './money.ts';
import { balanceOf, dueLines, tipsOf, totalOf } from './order-bill.ts';
import type { Tender } from './order-messages.ts';
import { requireOpen, requireOpened, waitingLines, type OrderRule } from './order-state.ts';
import { Rejection } from './rejection.ts';
import { same } from './same.ts';

export const takeTender: OrderRule<'TenderOrder'> = (order, { orderId, tender }) => {
  const known = requireOpened(order).tenders.get(tender.tenderId);
  if (known && same(known, tender)) return [];
  if (known) throw new Rejection('tender-exists', 'Another payment was taken under this id: give the new one an id of its own.');
  const open = requireOpen(order);
  requireCurrency(open.currency, tender.amount, tender.tip);
  requirePayable(tender);
  const balance = subtract(balanceOf(open), tender.amount);
  if (balance.amount < 0)
    throw new Rejection(
      'tender-exceeds-balance',
      `Only ${balanceOf(open).amount} is still due: take no more than that; the rest is change or a tip.`,
    );
  return [{ type: 'OrderTendered', data: { orderId, tender, balance } }];
};

const requirePayable = ({ amount, tip, lastFour }: Tender): void => {
  if (!Number.isSafeInteger(amount.amount) || amount.amount <= 0)
    throw new Rejection('tender-amount-invalid', 'Give an amount in whole minor units (cents) above 0.');
  if (!Number.isSafeInteger(tip.amount) || tip.amount < 0)
    throw new Rejection('tip-invalid', 'Give a tip in whole minor units (cents), 0 where there is none.');
  if (lastFour !== null && !/^\d{4}$/.test(lastFour))
    throw new Rejection('last-four-invalid', "Give no more of a card's number than its last four digits.");
};

export const close: OrderRule<'CloseOrder'> = (order, { orderId }) => {
  if (order.status === 'closed') return [];
  const open = requireOpen(order);
  const sold = dueLines(open);
  if (sold.length === 0) throw new Rejection('order-empty', 'No line is left on the order: cancel it instead.');
  if (waitingLines(open).length > 0)
    throw new Rejection('lines-waiting', 'Some lines were not sent to the kitchen: send or remove them first.');
  const due = balanceOf(open).amount;
  if (due > 0) throw new Rejection('balance-due', `${due} is still due: take a tender first.`);
  return [
    {
      type: 'OrderClosed',
      data: {
        orderId,
        tableId: open.header.table?.tableId ?? null,
        lineIds: sold.map(({ line }) => line.lineId),
        total: totalOf(open),
        tips: tipsOf(open),
      },
    },
  ];
};
