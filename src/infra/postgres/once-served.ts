import { setTimeout as delay } from 'node:timers/promises';
import { isAnswer } from './is-answer.ts';

const TRIES = 40;
const PAUSE_MS = 250;

/** For work of a start that may be done again: the server may go away, and come back, at any moment. */
export const onceServed = async <T>(work: () => Promise<T>, pause: (ms: number) => Promise<void> = delay): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (isAnswer(error) || tries === TRIES) throw error;
      await pause(PAUSE_MS);
    }
  }
};
