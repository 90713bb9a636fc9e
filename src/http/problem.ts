/** A refusal with its HTTP status; the problem middleware writes it as RFC 9457 problem+json. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers: { readonly [name: string]: string };
  readonly errors: readonly FieldError[];
  constructor(
    status: number,
    code: string,
    detail: string,
    headers: { readonly [name: string]: string } = {},
    errors: readonly FieldError[] = [],
  ) {
    super(code);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.headers = headers;
    this.errors = errors;
  }
}

/** `path` is a JSON pointer into what was sent. */
export type FieldError = { readonly path: string; readonly message: string };
