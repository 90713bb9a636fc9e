import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { TSchema } from 'typebox';
import { holdsCardNumber } from '../domain/card-number.ts';
import { HttpProblem, type FieldError } from './problem.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020, formats: readonly string[]) => void;

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false, useDefaults: false, coerceTypes: false });
addFormats(ajv, ['uuid', 'date', 'date-time', 'email']);

const fieldError = (error: ErrorObject): FieldError => {
  const extra = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
  const allowed = error.keyword === 'enum' ? `: ${(error.params['allowedValues'] as readonly unknown[]).join(', ')}` : '';
  return { path: error.instancePath === '' ? '/' : error.instancePath, message: `${error.message ?? 'is wrong'}${extra}${allowed}` };
};

/** Only compared with their hashes, never kept: a password may well look like a card's number. */
const SECRET = /password|token/i;

/** Where a card's number stands in what was sent; null: nowhere. */
const cardNumberIn = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  for (const name of Object.keys(value)) {
    const inner = (value as { readonly [name: string]: unknown })[name];
    if (typeof inner === 'string' ? !holdsCardNumber(inner) : typeof inner !== 'object') continue;
    if (SECRET.test(name)) continue;
    const found = typeof inner === 'string' ? `/${name}` : cardNumberIn(inner);
    if (found !== null) return typeof inner === 'string' ? found : `/${name}${found}`;
  }
  return null;
};

const refuseCardNumbers = (value: unknown): void => {
  const path = cardNumberIn(value);
  if (path === null) return;
  const message = 'must not hold the number of a payment card';
  throw new HttpProblem(
    400,
    'card-number-refused',
    `${path} ${message}: of a card we keep the payment's reference and its last four digits.`,
    {},
    [{ path, message }],
  );
};

/** `refused-later`: by whoever takes the parts one by one. */
type Options = { readonly cardNumbers?: 'refused' | 'refused-later' };

/**
 * Compiles once, when it is first asked: a hundred schemas would hold up each start. The check throws a 400 that names the first field
 * that is wrong, or in which the number of a card stands.
 */
export const validator = (schema: TSchema, { cardNumbers = 'refused' }: Options = {}): ((value: unknown) => void) => {
  let valid: ValidateFunction | null = null;
  return (value) => {
    valid ??= ajv.compile(schema);
    if (valid(value)) return cardNumbers === 'refused' ? refuseCardNumbers(value) : undefined;
    const errors = (valid.errors ?? []).map(fieldError);
    const first = errors[0];
    throw new HttpProblem(
      400,
      'request-invalid',
      first === undefined ? 'The request does not fit its schema.' : `${first.path} ${first.message}`,
      {},
      errors,
    );
  };
};
