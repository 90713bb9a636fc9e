import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../postgres/connect-listen.ts';
import type { Log } from '../../postgres/log.ts';

/** Tells that there may be something new in the log. A hint may be lost: whoever waits for one looks again after a while anyway. */
export type Hints = {
  /** Gives one. */
  readonly give: () => void;
  /** Hints given so far. */
  readonly count: () => number;
  /** Until there is a hint after the first `count`, or `ms` are over, or the signal aborts. */
  readonly next: (count: number, ms: number, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

const PAUSE_MS = 1_000;

const keepListening = async (url: string, onNotice: (position: string) => void, log: Log, closed: AbortSignal): Promise<void> => {
  while (!closed.aborted) {
    try {
      const stop = await listen(url, ['log_appended'], (_channel, position) => onNotice(position), { log });
      if (!closed.aborted) await new Promise((resolve) => closed.addEventListener('abort', resolve, { once: true }));
      return await stop();
    } catch (error) {
      log.warn({ err: error }, 'Cannot listen for appends; looking at intervals meanwhile');
      await delay(PAUSE_MS, undefined, { signal: closed }).catch(() => undefined);
    }
  }
};

/** `isNews`: whether a notice of the log's having come to a position is worth a hint. */
export const hints = (url: string, log: Log, isNews: (position: number) => boolean): Hints => {
  const closed = new AbortController();
  let count = 0;
  let wake = Promise.withResolvers<void>();
  const give = (): void => {
    count++;
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const onNotice = (position: string): void => {
    if (position === '' || isNews(Number(position))) give();
  };
  const kept = keepListening(url, onNotice, log, closed.signal);

  return {
    give,
    count: () => count,
    next: async (seen, ms, signal) => {
      if (count > seen || signal.aborted) return;
      const done = new AbortController();
      const pause = delay(ms, undefined, { signal: AbortSignal.any([signal, done.signal]) }).catch(() => undefined);
      await Promise.race([wake.promise, pause]);
      done.abort();
    },
    close: () => {
      closed.abort();
      return kept;
    },
  };
};
