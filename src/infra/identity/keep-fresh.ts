import type { Log } from '../../http/ports.ts';

const EVERY_MS = 400;

/** Refreshes a few times a second, one at a time, until the function it returns is called; that resolves when none is under way. */
export const keepFresh = (refresh: () => Promise<void>, log: Log, everyMs = EVERY_MS): (() => Promise<void>) => {
  let stopped = false;
  let failing = false;
  let underWay: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const once = async (): Promise<void> => {
    try {
      await refresh();
      if (failing) log.info({}, 'What changed in accounts or keys is seen again');
      failing = false;
    } catch (error) {
      // Nothing is admitted on old knowledge meanwhile: verify asks the database itself.
      if (!failing) log.warn({ err: error }, 'What changed in accounts or keys cannot be read');
      failing = true;
    }
    if (!stopped) timer = setTimeout(() => void (underWay = once()), everyMs);
  };

  underWay = once();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
};
