/** The business said no. `code` is the public, stable reason; `detail` says in a sentence what to do about it. */
export class Rejection extends Error {
  readonly code: string;
  readonly detail: string;
  constructor(code: string, detail: string) {
    super(code);
    this.name = 'Rejection';
    this.code = code;
    this.detail = detail;
  }
}
