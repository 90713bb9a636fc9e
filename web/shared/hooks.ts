import { useEffect, useState } from 'preact/hooks';
import { pause } from './browser.ts';
import { Refused, SignedOut } from './failures.ts';
import { store, type Store } from './store.ts';

export const useStore = <Value>(watched: Store<Value>): Value => {
  const [value, setValue] = useState(watched.get);
  useEffect(() => {
    setValue(watched.get);
    return watched.watch((next) => setValue(() => next));
  }, [watched]);
  return value;
};

const second = store(Date.now());
setInterval(() => second.set(Date.now()), 1000);

/** This device's clock in milliseconds, every second. */
export const useNow = (): number => useStore(second);

export type Loaded<Value> = { readonly value: Value | null; readonly trouble: string | null };

/** Loads once, and again when `about` changes; keeps trying while the server cannot be reached. */
export const useLoaded = <Value>(load: () => Promise<Value>, about: string): Loaded<Value> => {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ value: null, trouble: null });
  useEffect(() => {
    let wanted = true;
    const attempt = async (number: number): Promise<void> => {
      try {
        const value = await load();
        if (wanted) setLoaded({ value, trouble: null });
      } catch (failure) {
        if (!wanted || failure instanceof SignedOut) return;
        setLoaded((before) => ({ ...before, trouble: failure instanceof Error ? failure.message : String(failure) }));
        if (failure instanceof Refused) return;
        await pause(number, null);
        if (wanted) await attempt(number + 1);
      }
    };
    void attempt(1);
    return () => {
      wanted = false;
    };
  }, [about]);
  return loaded;
};
