export type Figures = { readonly [name: string]: string | number };

/** Something done to the whole, and what came of it. `run` throws where a promise was broken. */
export type Trial = {
  readonly name: string;
  /** Of what there are `short` or `long`. */
  readonly unit: string;
  readonly short: number;
  readonly long: number;
  readonly run: (size: number, circumstances: Circumstances) => Promise<Figures>;
};

export type Circumstances = {
  /** Nothing else runs on the machine, so that seconds too are held to what was promised; else only that it comes to an end. */
  readonly alone: boolean;
  /** To be told how much of the size is done. */
  readonly progress: (done: number) => void;
};

/** Among other tests. */
export const inCompany: Circumstances = { alone: false, progress: () => undefined };

/** The same numbers from 0 up to but not including 1 for the same seed. */
export type Dice = () => number;

export const diceOf = (seed: number): Dice => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const below = (dice: Dice, bound: number): number => Math.floor(dice() * bound);

export const oneOf = <T>(dice: Dice, items: readonly T[]): T => {
  const item = items[below(dice, items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from');
  return item;
};

export const secondsSince = (begun: number): number => (performance.now() - begun) / 1000;
export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** The largest of any number of them; 0 of none. */
export const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
