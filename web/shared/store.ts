/** A value that can be watched. */
export type Store<Value> = {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  readonly update: (change: (value: Value) => Value) => void;
  /** Calls back on each change; answers how to stop. */
  readonly watch: (seen: (value: Value) => void) => () => void;
};

export const store = <Value>(initial: Value): Store<Value> => {
  const watchers = new Set<(value: Value) => void>();
  const held = { value: initial };
  const set = (value: Value): void => {
    if (Object.is(value, held.value)) return;
    held.value = value;
    for (const seen of watchers) seen(value);
  };
  return {
    get: () => held.value,
    set,
    update: (change) => set(change(held.value)),
    watch: (seen) => {
      watchers.add(seen);
      return () => void watchers.delete(seen);
    },
  };
};
