import type { AllDayCount } from '../../src/projections/all-day.ts';

export type ToCook = { readonly menuItemId: string; readonly name: string; readonly quantity: number };

/** What is still to be cooked, most first; `station` null adds up all stations. */
export const toCook = (counts: Iterable<AllDayCount>, station: string | null): readonly ToCook[] => {
  const sums = new Map<string, ToCook>();
  for (const { stationId, menuItemId, name, quantity } of counts) {
    if (station !== null && stationId !== station) continue;
    sums.set(menuItemId, { menuItemId, name, quantity: quantity + (sums.get(menuItemId)?.quantity ?? 0) });
  }
  return [...sums.values()]
    .filter(({ quantity }) => quantity > 0)
    .toSorted((one, other) => other.quantity - one.quantity || one.name.localeCompare(other.name));
};
