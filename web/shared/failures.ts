import type { Problem } from './contract.ts';

/** The server understood and said no: trying again changes nothing. `message` is the problem's detail, made for people. */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refused';
    this.problem = problem;
  }
}

/** No answer, or "not now": the same request, with the same key, may be tried again. */
export class Unreachable extends Error {
  readonly retryAfterSeconds: number | null;
  constructor(message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = 'Unreachable';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Nobody is signed in (any more): somebody must log in before anything else works. */
export class SignedOut extends Error {
  constructor() {
    super('Please log in again.');
    this.name = 'SignedOut';
  }
}
