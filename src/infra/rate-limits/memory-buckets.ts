import { tightest, type Ask, type Buckets } from './buckets.ts';
import type { Rule } from './rules.ts';

type Bucket = { left: number; at: number };

/** Of each rule: whoever sends from more addresses than this is given the oldest one's bucket back, full. */
const MOST_SUBJECTS = 50_000;

/** Buckets of this process alone. `now` in milliseconds. */
export const memoryBuckets = (now: () => number): Buckets => {
  const byRule = new Map<Rule, Map<string, Bucket>>();

  const bucketsOf = (rule: Rule): Map<string, Bucket> => {
    const known = byRule.get(rule);
    if (known !== undefined) return known;
    const buckets = new Map<string, Bucket>();
    byRule.set(rule, buckets);
    return buckets;
  };

  const filled = ({ rule, subject }: Ask, at: number): Bucket => {
    const buckets = bucketsOf(rule);
    const bucket = buckets.get(subject);
    if (bucket !== undefined) {
      bucket.left = Math.min(rule.burst, bucket.left + (Math.max(0, at - bucket.at) / 1000) * rule.perSecond);
      bucket.at = at;
      return bucket;
    }
    if (buckets.size >= MOST_SUBJECTS) for (const oldest of buckets.keys()) if (buckets.delete(oldest)) break;
    const fresh = { left: rule.burst, at };
    buckets.set(subject, fresh);
    return fresh;
  };

  return {
    take: (asks) => {
      const at = now();
      const buckets = asks.map((ask) => filled(ask, at));
      const granted = buckets.every(({ left }) => left >= 1);
      if (granted) for (const bucket of buckets) bucket.left -= 1;
      return tightest(
        asks,
        buckets.map(({ left }) => left),
        granted,
      );
    },
  };
};
