import type { Log } from '../../http/ports.ts';

const EVERY_MS = 400;

type Pace = {
  readonly everyMs?: number;
  /** Answers how to call it off. */
  readonly after?: (milliseconds: number, run: () => void) => () => void;
};

const inTime: NonNullable<Pace['after']> = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/** Refreshes a few times a second, one at a time, until the function it returns is called; that resolves when none is under way. */
export const keepFresh = (
  refresh: () => Promise<void>,
  log: Log,
  { everyMs = EVERY_MS, after = inTime }: Pace = {},
): (() => Promise<void>) => {
  let stopped = false;
  let failing = false;
  let underWay: Promise<void> = Promise.resolve();
  let callOff = (): void => undefined;

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
    if (!stopped) callOff = after(everyMs, () => void (underWay = once()));
  };

  underWay = once();
  return async () => {
    stopped = true;
    callOff();
    await underWay;
  };
};
