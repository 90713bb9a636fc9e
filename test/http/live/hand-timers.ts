import type { Clock } from '../../../src/commands/ports.ts';
import type { Timers } from '../../../src/http/live/ports.ts';

type Timer = { due: number; readonly every: number | null; readonly run: () => void };

export type HandTimers = { readonly timers: Timers; readonly clock: Clock; readonly turn: (milliseconds: number) => void };

/** Time that passes only when turned on. */
export const handTimers = (start = Date.parse('2026-02-03T18:00:00.000Z')): HandTimers => {
  const running = new Set<Timer>();
  let now = start;

  const add = (timer: Timer): (() => void) => {
    running.add(timer);
    return () => running.delete(timer);
  };

  const nextUntil = (end: number): Timer | undefined => [...running].filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0];

  const turn = (milliseconds: number): void => {
    const end = now + milliseconds;
    for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
      now = timer.due;
      if (timer.every === null) running.delete(timer);
      else timer.due += timer.every;
      timer.run();
    }
    now = end;
  };

  const timers: Timers = {
    after: (milliseconds, run) => add({ due: now + milliseconds, every: null, run }),
    every: (milliseconds, run) => add({ due: now + milliseconds, every: milliseconds, run }),
  };
  return { timers, clock: { now: () => new Date(now) }, turn };
};
