import { Rejection } from './rejection.ts';

/** `piece`, `mg` and `ul` are the smallest units of their dimensions: every stored quantity is an integer of one of them. */
export type Dimension = 'mass' | 'volume' | 'count';
export type SmallestUnit = 'mg' | 'ul' | 'piece';
export type Unit = SmallestUnit | 'g' | 'kg' | 'oz' | 'lb' | 'ml' | 'cl' | 'l' | 'dozen';

/** An integer number of the smallest unit. */
export type Quantity = { readonly amount: number; readonly unit: SmallestUnit };

type Fraction = { readonly over: bigint; readonly under: bigint };
type Measure = { readonly dimension: Dimension; readonly smallest: SmallestUnit; readonly size: Fraction };

const measure =
  (dimension: Dimension, smallest: SmallestUnit) =>
  (over: bigint, under = 1n): Measure => ({ dimension, smallest, size: { over, under } });

const mass = measure('mass', 'mg');
const volume = measure('volume', 'ul');
const count = measure('count', 'piece');

/** The pound is 453.59237 g by the international agreement of 1959, the ounce a sixteenth of it. */
const MEASURES: { readonly [U in Unit]: Measure } = {
  mg: mass(1n),
  g: mass(1_000n),
  kg: mass(1_000_000n),
  oz: mass(28_349_523_125n, 1_000_000n),
  lb: mass(45_359_237n, 100n),
  ul: volume(1n),
  ml: volume(1_000n),
  cl: volume(10_000n),
  l: volume(1_000_000n),
  piece: count(1n),
  dozen: count(12n),
};

/** Refuses `quantity-unit-unknown`. */
export const dimensionOf = (unit: string): Dimension => measureOf(unit).dimension;

export const smallestUnitOf = (unit: Unit): SmallestUnit => measureOf(unit).smallest;

/**
 * An amount as people write it, a number or decimal text, in the smallest unit of its dimension: exactly, or not at all.
 * Refuses `quantity-unit-unknown`, `quantity-invalid` (no number), `quantity-inexact` and `quantity-too-large`.
 */
export const toSmallest = ({ amount, unit }: { readonly amount: number | string; readonly unit: Unit }): Quantity => {
  const { smallest, size } = measureOf(unit);
  const written = fractionOf(amount);
  const over = written.over * size.over;
  const under = written.under * size.under;
  if (over % under !== 0n)
    throw new Rejection('quantity-inexact', `${amount} ${unit} is no whole number of ${smallest}: give it in ${smallest}.`);
  return { amount: exact(over / under, smallest), unit: smallest };
};

/** The amount (of the smallest unit) as exact decimal text, `2.5 kg`; where that would not end, in the smallest unit. */
export const inUnit = (amount: number, displayUnit: Unit): string => {
  const { smallest, size } = measureOf(displayUnit);
  const text = decimalText(BigInt(amount) * size.under, size.over);
  return text === null ? `${amount} ${smallest}` : `${text} ${displayUnit}`;
};

const measureOf = (unit: string): Measure => {
  if (!isUnit(unit))
    throw new Rejection('quantity-unit-unknown', `There is no unit "${unit}": use one of ${Object.keys(MEASURES).join(', ')}.`);
  return MEASURES[unit];
};

const isUnit = (text: string): text is Unit => Object.hasOwn(MEASURES, text);

/** Fifty digits are more than any quantity has, and few enough to reckon with at once. */
const DECIMAL = /^(?<sign>-?)(?<whole>\d{1,25})(?:\.(?<rest>\d{1,25}))?(?:e(?<power>[+-]?\d{1,2}))?$/i;

const fractionOf = (amount: number | string): Fraction => {
  const { sign = '', whole, rest = '', power = '0' } = DECIMAL.exec(String(amount))?.groups ?? {};
  if (whole === undefined)
    throw new Rejection('quantity-invalid', `"${amount}" is no number: give digits with at most one point, as in 2.5.`);
  const digits = BigInt(`${sign}${whole}${rest}`);
  const shift = Number(power) - rest.length;
  return shift < 0 ? { over: digits, under: 10n ** BigInt(-shift) } : { over: digits * 10n ** BigInt(shift), under: 1n };
};

const exact = (amount: bigint, unit: SmallestUnit): number => {
  const number = Number(amount);
  if (!Number.isSafeInteger(number))
    throw new Rejection('quantity-too-large', `No more than ${Number.MAX_SAFE_INTEGER} ${unit} can be kept exactly.`);
  return number;
};

/** Null where the decimals never end. */
const decimalText = (over: bigint, under: bigint): string | null => {
  const places = decimalPlaces(under / gcd(over, under));
  if (places === null) return null;
  const scaled = (over * 10n ** BigInt(places)) / under;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${scaled < 0n ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`;
};

/** How many decimals a fraction in lowest terms needs: those of the twos and fives in its denominator, and no other prime may be there. */
const decimalPlaces = (under: bigint): number | null => {
  const [afterTwos, twos] = dividedOut(under, 2n);
  const [afterFives, fives] = dividedOut(afterTwos, 5n);
  return afterFives === 1n ? Math.max(twos, fives) : null;
};

const dividedOut = (number: bigint, prime: bigint): readonly [bigint, number] => {
  if (number % prime !== 0n) return [number, 0];
  const [rest, times] = dividedOut(number / prime, prime);
  return [rest, times + 1];
};

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
