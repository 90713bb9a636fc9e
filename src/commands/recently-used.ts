export type RecentlyUsed<V> = {
  readonly get: (name: string) => V | undefined;
  readonly has: (name: string) => boolean;
  readonly set: (name: string, value: V) => void;
  readonly delete: (name: string) => void;
  readonly clear: () => void;
};

/**
 * Keeps between half of `capacity` and all of it, what was used last. In two halves, of which the older goes when the younger is full: a
 * map that is told with each use what was used last is rewritten over and over.
 */
export const recentlyUsed = <V>(capacity: number): RecentlyUsed<V> => {
  const half = Math.max(1, Math.floor(capacity / 2));
  let younger = new Map<string, V>();
  let older = new Map<string, V>();

  const set = (name: string, value: V): void => {
    younger.set(name, value);
    if (younger.size < half) return;
    older = younger;
    younger = new Map();
  };

  return {
    get: (name) => {
      const value = younger.get(name);
      if (value !== undefined) return value;
      const former = older.get(name);
      if (former !== undefined) set(name, former);
      return former;
    },
    has: (name) => younger.has(name) || older.has(name),
    set,
    delete: (name) => {
      younger.delete(name);
      older.delete(name);
    },
    clear: () => {
      younger = new Map();
      older = new Map();
    },
  };
};
