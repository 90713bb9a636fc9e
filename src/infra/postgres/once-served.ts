import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from 'pg';

/** SQLSTATE classes of a server that cannot serve right now: connection, resources, intervention, system. */
const UNABLE = /^(?:08|53|57|58)/;
const TRIES = 40;
const PAUSE_MS = 250;

const isAnswer = (error: unknown): boolean => error instanceof DatabaseError && !UNABLE.test(error.code ?? '');

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
