import { bodyParser } from '@koa/bodyparser';
import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';

const DEEPEST = 32;

const isWithin = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  for (const name in value) if (!isWithin((value as { readonly [name: string]: unknown })[name], depth - 1)) return false;
  return true;
};

/** Reads a JSON body of up to `maxBytes`, sent as it is: what is compressed, or nested more deeply than anything here, is refused. */
export const jsonBody = (maxBytes: number): Handler => {
  const parse = bodyParser({ enableTypes: ['json'], jsonLimit: maxBytes, encoding: 'utf-8', jsonStrict: true });
  return (ctx, next) => {
    const encoding = ctx.get('Content-Encoding');
    if (encoding !== '' && encoding !== 'identity')
      throw new HttpProblem(415, 'body-encoded', 'Send the body as it is, without Content-Encoding.');
    return parse(ctx, () => {
      if (!isWithin(ctx.request.body, DEEPEST))
        throw new HttpProblem(400, 'body-too-deep', `The body is nested more than ${DEEPEST} levels deep.`);
      return next();
    });
  };
};
