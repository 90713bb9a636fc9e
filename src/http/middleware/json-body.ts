import { bodyParser } from '@koa/bodyparser';
import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';

const DEEPEST = 32;

const tooDeep = (): HttpProblem => new HttpProblem(400, 'body-too-deep', `The body is nested more than ${DEEPEST} levels deep.`);
const textUnfit = (): HttpProblem =>
  new HttpProblem(400, 'text-unfit', 'A text holds a zero byte or half a character, which cannot be kept: send it without.');

/** Throws for what no command means and no database keeps. */
const requireFit = (value: unknown, depth: number): void => {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw textUnfit();
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw tooDeep();
  for (const inner of Array.isArray(value) ? value : Object.values(value)) requireFit(inner, depth - 1);
};

/** Reads a JSON body of up to `maxBytes`, sent as it is: what is compressed, or nested more deeply than anything here, is refused. */
export const jsonBody = (maxBytes: number): Handler => {
  const parse = bodyParser({
    enableTypes: ['json'],
    parsedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
    jsonLimit: maxBytes,
    encoding: 'utf-8',
    jsonStrict: true,
  });
  return (ctx, next) => {
    const encoding = ctx.get('Content-Encoding');
    if (encoding !== '' && encoding !== 'identity')
      throw new HttpProblem(415, 'body-encoded', 'Send the body as it is, without Content-Encoding.');
    return parse(ctx, () => {
      requireFit(ctx.request.body, DEEPEST);
      return next();
    });
  };
};
