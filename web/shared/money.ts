import type { Money } from './contract.ts';

const formats = new Map<string, Intl.NumberFormat>();

const formatOf = (currency: string, locale: string | undefined): Intl.NumberFormat => {
  const key = `${locale ?? ''}/${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(key, made);
  return made;
};

/** How many digits the currency has after the point: 2 for USD, 0 for JPY. */
export const minorDigits = (currency: string): number => formatOf(currency, 'en').resolvedOptions().maximumFractionDigits ?? 2;

export const formatMoney = ({ amount, currency }: Money, locale?: string): string =>
  formatOf(currency, locale).format(amount / 10 ** minorDigits(currency));

const TYPED = /^(?<whole>\d{1,9})(?:[.,](?<part>\d*))?$/u;

/** What a person typed (`42`, `42.5`, `42,50`) in minor units; null when it is no amount of this currency. */
export const parseAmount = (typed: string, currency: string): number | null => {
  const digits = minorDigits(currency);
  const groups = TYPED.exec(typed.trim())?.groups;
  const part = groups?.['part'] ?? '';
  if (groups === undefined || part.length > digits) return null;
  return Number(`${groups['whole']}${part.padEnd(digits, '0')}`);
};

/** An amount as a person would type it: `42.50`. */
export const amountText = (amount: number, currency: string): string => {
  const digits = minorDigits(currency);
  return (amount / 10 ** digits).toFixed(digits);
};
