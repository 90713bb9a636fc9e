import type { IncomingMessage } from 'node:http';
import { bodyParser } from '@koa/bodyparser';
import type { Handler } from '../context.ts';
import { HttpProblem } from '../problem.ts';

const DEEPEST = 32;

const tooDeep = (): HttpProblem => new HttpProblem(400, 'body-too-deep', `The body is nested more than ${DEEPEST} levels deep.`);
const textUnfit = (): HttpProblem =>
  new HttpProblem(400, 'text-unfit', 'A text holds a zero byte or half a character, which cannot be kept: send it without.');

const malformed = (): HttpProblem => new HttpProblem(400, 'body-malformed', 'The body is not valid JSON.');

/** Throws for what no command means and no database keeps. */
const requireFit = (value: unknown, depth: number): void => {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw textUnfit();
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw tooDeep();
  if (Array.isArray(value)) {
    for (const inner of value) requireFit(inner, depth - 1);
    return;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw malformed();
    requireFit((value as { readonly [name: string]: unknown })[name], depth - 1);
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
};

const BYTE_ORDER_MARK = '\uFEFF';

/** A body's JSON, which is an object or an array; no text at all is an object without members. */
export const fitJson = (text: string): object => {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (json === '') return {};
  const value = parsed(json);
  if (typeof value !== 'object' || value === null) throw malformed();
  requireFit(value, DEEPEST);
  return value;
};

/** The text of a body that is as long as was said. */
export const bodyText = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''));
    request.on('close', () => {
      if (!request.readableEnded) reject(malformed());
    });
  });

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
