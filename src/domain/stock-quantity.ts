import { dimensionOf, smallestUnitOf, type Quantity, type Unit } from './quantity.ts';
import { Rejection } from './rejection.ts';

/** Received, consumed, wasted: an amount above 0 of the dimension the item is kept by. */
export const requirePositive = (quantity: Quantity, displayUnit: Unit): void => {
  requireKept(quantity, displayUnit);
  if (quantity.amount <= 0) throw new Rejection('quantity-not-positive', 'Give a quantity above 0.');
};

/** Counted, par, reorder point: an amount of 0 or more. */
export const requireNotNegative = (quantity: Quantity, displayUnit: Unit): void => {
  requireKept(quantity, displayUnit);
  if (quantity.amount < 0) throw new Rejection('quantity-negative', 'Give a quantity of 0 or more.');
};

/** A number that is still an exact integer, else `quantity-too-large`. */
export const requireExact = (amount: number): number => {
  if (!Number.isSafeInteger(amount))
    throw new Rejection('quantity-too-large', 'The quantity is too large to be kept exactly: look at its unit, or split it.');
  return amount;
};

const requireKept = ({ amount, unit }: Quantity, displayUnit: Unit): void => {
  if (unit !== smallestUnitOf(displayUnit))
    throw new Rejection(
      'quantity-dimension-mismatch',
      `The item is kept by ${dimensionOf(displayUnit)}: give the quantity in ${displayUnit}.`,
    );
  requireExact(amount);
};
