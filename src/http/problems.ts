import { NewerVersionNeeded } from '../commands/newer-version.ts';
import { DependencyDown } from '../commands/ports.ts';
import { Rejection } from '../domain/rejection.ts';
import { HttpProblem } from './problem.ts';

const TITLES: { readonly [status: number]: string } = {
  400: 'The request is not understood',
  401: 'Log in first',
  403: 'Not permitted',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Refused',
  412: 'Changed since',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Key used for another payload',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
};

const STATUS_OF_CODE: { readonly [code: string]: number } = {
  'revision-stale': 412,
  'key-reused': 422,
  'too-much-contention': 503,
  'occurred-in-the-future': 400,
  'login-overloaded': 503,
  'mail-not-configured': 503,
  'reset-link-void': 400,
  'email-invalid': 400,
  'pin-wrong': 401,
  'terminal-required': 403,
  'approver-not-permitted': 403,
  'code-wrong': 400,
  'account-locked': 429,
  'registration-closed': 403,
  'password-login-required': 403,
  'grant-beyond-own': 403,
  'permission-unknown': 400,
  'password-length': 400,
  'password-common': 400,
  'password-personal': 400,
  'password-wrong': 400,
  'current-password-required': 400,
  'preferences-too-large': 400,
};

/** Codes of refusals that say there is no such thing, or none that the asker may see. */
const ABSENT = /^(order|line|ticket|table|stock-item|shift|menu-item|menu|location|alert|user|role|terminal)-unknown$/;

const statusOf = (code: string): number => STATUS_OF_CODE[code] ?? (ABSENT.test(code) ? 404 : 409);

const RETRIED: ReadonlySet<string> = new Set(['key-in-flight', 'too-much-contention', 'login-overloaded']);
const RETRY_SOON = { 'Retry-After': '1' };

/** Every error that may leave the program, as a problem; what is not meant for people becomes `internal-error`. */
export const toProblem = (error: unknown): HttpProblem => {
  if (error instanceof HttpProblem) return error;
  if (error instanceof Rejection) {
    const retry = RETRIED.has(error.code);
    return new HttpProblem(statusOf(error.code), error.code, error.detail, retry ? RETRY_SOON : {});
  }
  if (error instanceof DependencyDown) {
    return new HttpProblem(
      503,
      'dependency-unavailable',
      `The ${error.dependency} cannot be reached: send the same again with the same Idempotency-Key.`,
      RETRY_SOON,
    );
  }
  if (error instanceof NewerVersionNeeded) {
    return new HttpProblem(
      503,
      error.code,
      'A newer version has written about this, which this server is too old to understand: send the same again with the same Idempotency-Key, and have this server upgraded.',
      RETRY_SOON,
    );
  }
  return (
    fromBodyParser(error) ??
    new HttpProblem(500, 'internal-error', 'Something went wrong on our side; the correlation id finds it in the log.')
  );
};

const fromBodyParser = (error: unknown): HttpProblem | null => {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  if (status === 413) return new HttpProblem(413, 'body-too-large', 'The body is larger than this server takes: send less at once.');
  if (status === 415)
    return new HttpProblem(415, 'body-type-unsupported', 'Send JSON with Content-Type: application/json, not encoded otherwise.');
  if (status === 400) return new HttpProblem(400, 'body-malformed', 'The body is not valid JSON.');
  return null;
};

export const problemBody = (problem: HttpProblem, instance: string): object => ({
  type: `/docs#${problem.code}`,
  title: TITLES[problem.status] ?? 'Refused',
  status: problem.status,
  code: problem.code,
  detail: problem.detail,
  instance,
  ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
});
