import type { RowChange } from './ports.ts';

/** Every change after `from` up to `to`, in order: what a display that was away for a moment missed. */
export type Recent = { readonly from: number; readonly to: number; readonly changes: readonly RowChange[] };

export const nothingSince = (position: number): Recent => ({ from: position, to: position, changes: [] });

/** Forgets the oldest beyond the capacity, a position always as a whole. */
export const withLater = (recent: Recent, changes: readonly RowChange[], to: number, capacity: number): Recent => {
  const all = [...recent.changes, ...changes];
  const last = all[all.length - capacity - 1];
  if (last === undefined) return { ...recent, to, changes: all };
  return { from: last.position, to, changes: all.slice(firstAfter(all, last.position)) };
};

export const withEarlier = (recent: Recent, changes: readonly RowChange[], from: number): Recent => ({
  ...recent,
  from,
  changes: [...changes.slice(0, firstAfter(changes, recent.from)), ...recent.changes],
});

export const since = ({ changes }: Recent, position: number): readonly RowChange[] => changes.slice(firstAfter(changes, position));

const firstAfter = (changes: readonly RowChange[], position: number): number => {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.position ?? Infinity) > position) high = middle;
    else low = middle + 1;
  }
  return low;
};
