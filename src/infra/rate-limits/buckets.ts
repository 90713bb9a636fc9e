import type { Rule } from './rules.ts';

/** A rule, and whose bucket under it. */
export type Ask = { readonly rule: Rule; readonly subject: string };

/** What is left in the bucket that is nearest to empty; `waitSeconds` 0: the ask was granted. */
export type Taken = { readonly rule: Rule; readonly left: number; readonly waitSeconds: number };

/** Takes one token from each bucket, or from none where one of them is empty. At least one ask. */
export type Buckets = { readonly take: (asks: readonly Ask[]) => Taken | Promise<Taken> };

/** `lefts`: of each ask's bucket, after what was granted was taken. */
export const tightest = (asks: readonly Ask[], lefts: readonly number[], granted: boolean): Taken => {
  let found = 0;
  let share = Infinity;
  for (const [index, { rule }] of asks.entries()) {
    const filled = (lefts[index] ?? 0) / rule.burst;
    if (filled >= share) continue;
    share = filled;
    found = index;
  }
  const ask = asks[found];
  if (ask === undefined) throw new Error('Nothing was asked for');
  const left = lefts[found] ?? 0;
  return { rule: ask.rule, left, waitSeconds: granted ? 0 : Math.max(0, 1 - left) / ask.rule.perSecond };
};
