/** Tells for how long read models have lacked something that is in the log, also while nobody can look. */
export type LagClock = {
  /** The log's head, and where the read model is that is furthest behind. */
  readonly seen: (head: number, position: number) => void;
  readonly seconds: () => number;
};

type Head = { readonly position: number; readonly at: number };

const MOST_HEADS = 2_000;

/** `now` and `lookEveryMs` in milliseconds: who has not looked for twice as long cannot know that nothing is missing. */
export const lagClock = (now: () => number, lookEveryMs: number): LagClock => {
  /** Those that are not reached yet, oldest first. */
  let heads: readonly Head[] = [];
  let lookedAt = now();
  return {
    seen: (head, position) => {
      lookedAt = now();
      const last = heads.at(-1)?.position ?? position;
      const unreached = (head > last ? [...heads, { position: head, at: lookedAt }] : heads).filter((one) => one.position > position);
      heads = unreached.length > MOST_HEADS ? unreached.filter((_, nth) => nth % 2 === 0) : unreached;
    },
    seconds: () => {
      const [oldest] = heads;
      if (oldest !== undefined) return (now() - oldest.at) / 1000;
      return now() - lookedAt > 2 * lookEveryMs ? (now() - lookedAt) / 1000 : 0;
    },
  };
};
