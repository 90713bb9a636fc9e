import { Rejection } from './rejection.ts';

/** An amount in minor units (cents) of an ISO 4217 currency. */
export type Money = { readonly amount: number; readonly currency: string };

export const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** Refuses another currency with `currency-mismatch`. */
export const requireCurrency = (currency: string, ...amounts: readonly Money[]): void => {
  const other = amounts.find((money) => money.currency !== currency);
  if (other) throw new Rejection('currency-mismatch', `Give the amount in ${currency}, not in ${other.currency}.`);
};

/** Both in one currency, else `currency-mismatch`; `amount-too-large` where the sum would no longer be exact. */
export const add = (a: Money, b: Money): Money => {
  if (a.currency !== b.currency) requireCurrency(a.currency, b);
  return money(a.amount + b.amount, a.currency);
};

export const subtract = (a: Money, b: Money): Money => add(a, { amount: -b.amount, currency: b.currency });

export const times = (price: Money, quantity: number): Money => money(price.amount * quantity, price.currency);

/** Nothing adds up to 0 of the currency. */
export const sum = (currency: string, amounts: readonly Money[]): Money => amounts.reduce(add, { amount: 0, currency });

/** Never -0, which JSON does not know. */
const money = (amount: number, currency: string): Money => {
  if (!Number.isSafeInteger(amount)) throw new Rejection('amount-too-large', 'The amount is too large to be kept exactly: split it.');
  return { amount: amount === 0 ? 0 : amount, currency };
};
