export type Recent<K, V> = {
  readonly get: (key: K) => V | undefined;
  readonly set: (key: K, value: V) => void;
  readonly has: (key: K) => boolean;
  readonly delete: (key: K) => void;
};

/** A map that keeps the `capacity` entries used last. */
export const recent = <K, V>(capacity: number): Recent<K, V> => {
  const entries = new Map<K, V>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > capacity) for (const oldest of entries.keys()) return void entries.delete(oldest);
    },
    has: (key) => entries.has(key),
    delete: (key) => void entries.delete(key),
  };
};
