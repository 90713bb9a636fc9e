import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';

export const timedOut = (): HttpProblem =>
  new HttpProblem(503, 'request-timeout', 'This took too long: send the same again with the same Idempotency-Key.', { 'Retry-After': '1' });

/** Answers 503 when work takes longer than `ms`; the work itself goes on, and its Idempotency-Key tells how it ended. */
export const timeLimit =
  (ms: number): Handler =>
  async (_ctx, next) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(timedOut()), ms);
    });
    try {
      await Promise.race([next(), limit]);
    } finally {
      clearTimeout(timer);
    }
  };
