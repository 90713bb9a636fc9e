import type { Log } from '../http/ports.ts';

type Repeated = { readonly name: string; readonly everyMs: number; readonly log: Log };

/** Does something again and again, one at a time, until the function it returns is called; that resolves when none is under way. */
export const repeat = (work: () => Promise<unknown>, { name, everyMs, log }: Repeated): (() => Promise<void>) => {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const once = async (): Promise<void> => {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing && !stopped) log.warn({ err: error, name }, 'This cannot be done at the moment; trying again');
      failing = true;
    }
    if (!stopped) timer = setTimeout(() => void (underWay = once()), everyMs);
  };

  let underWay = once();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
};
