import { parseAmount } from '../shared/money.ts';

/** `amount` goes towards the order, `change` back to the guest; in minor units. */
export type Checked<Payment> = { readonly ok: true; readonly payment: Payment } | { readonly ok: false; readonly why: string };

/** What was handed over may be more than is due; it is never taken as more. */
export const cash = (received: string, balance: number, currency: string): Checked<{ amount: number; change: number }> => {
  const handed = parseAmount(received, currency);
  if (handed === null || handed === 0) return { ok: false, why: 'Type the amount the guest gave.' };
  return { ok: true, payment: { amount: Math.min(handed, balance), change: Math.max(0, handed - balance) } };
};

export const card = (
  typed: { readonly amount: string; readonly tip: string; readonly lastFour: string },
  balance: number,
  currency: string,
): Checked<{ amount: number; tip: number; lastFour: string }> => {
  const amount = parseAmount(typed.amount, currency);
  const tip = typed.tip.trim() === '' ? 0 : parseAmount(typed.tip, currency);
  if (amount === null || amount === 0) return { ok: false, why: 'Type the amount taken from the card.' };
  if (amount > balance) return { ok: false, why: 'That is more than is due: the rest is a tip.' };
  if (tip === null) return { ok: false, why: 'Type the tip as an amount, or leave it empty.' };
  if (!/^\d{4}$/u.test(typed.lastFour.trim())) return { ok: false, why: 'Type the last four digits of the card.' };
  return { ok: true, payment: { amount, tip, lastFour: typed.lastFour.trim() } };
};
