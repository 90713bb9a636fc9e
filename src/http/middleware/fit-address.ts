import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';

/** A zero byte is in no id, name or position, and PostgreSQL has no text with one. */
export const fitAddress: Handler = (ctx, next) => {
  if (ctx.url.includes('%00')) throw new HttpProblem(400, 'address-unfit', 'The address holds a zero byte: send it without.');
  return next();
};
