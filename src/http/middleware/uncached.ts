import type { Handler } from '../context.ts';

/** For answers that hold secrets, or are true only now. */
export const uncached: Handler = (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  return next();
};
