import type { News } from '../../http/live/ports.ts';

/** What a projector has just committed, for a live stream in the same process. Null: look for yourself. */
export type Committed = {
  readonly tell: (news: News | null) => void;
  /** Answers how to stop. */
  readonly listen: (listener: (news: News | null) => void) => () => void;
};

export const committed = (): Committed => {
  const listeners = new Set<(news: News | null) => void>();
  return {
    tell: (news) => listeners.forEach((listener) => listener(news)),
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
