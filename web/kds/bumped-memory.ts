import type { Bumped } from './bumped.ts';

export type BumpedMemory = { readonly read: () => readonly Bumped[]; readonly write: (list: readonly Bumped[]) => void };

/** Keeps the list of bumped tickets over a reload of the page. */
export const bumpedMemory = (locationId: string, station: string): BumpedMemory => {
  const name = `brigade.bumped.${locationId}.${station}`;
  return {
    read: () => JSON.parse(localStorage.getItem(name) ?? '[]') as readonly Bumped[],
    write: (list) => localStorage.setItem(name, JSON.stringify(list)),
  };
};
