import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { TSchema } from 'typebox';
import { HttpProblem, type FieldError } from './problem.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv2020, formats: readonly string[]) => void;

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false, useDefaults: false, coerceTypes: false });
addFormats(ajv, ['uuid', 'date', 'date-time', 'email']);

const fieldError = (error: ErrorObject): FieldError => {
  const extra = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
  const allowed = error.keyword === 'enum' ? `: ${(error.params['allowedValues'] as readonly unknown[]).join(', ')}` : '';
  return { path: error.instancePath === '' ? '/' : error.instancePath, message: `${error.message ?? 'is wrong'}${extra}${allowed}` };
};

/** Compiles once, when it is first asked: a hundred schemas would hold up each start. The check throws a 400 that names the first field that is wrong. */
export const validator = (schema: TSchema, code = 'request-invalid'): ((value: unknown) => void) => {
  let valid: ValidateFunction | null = null;
  return (value) => {
    valid ??= ajv.compile(schema);
    if (valid(value)) return;
    const errors = (valid.errors ?? []).map(fieldError);
    const first = errors[0];
    throw new HttpProblem(
      400,
      code,
      first === undefined ? 'The request does not fit its schema.' : `${first.path} ${first.message}`,
      {},
      errors,
    );
  };
};
