import type { Problem } from './contract.ts';
import { Refused, Unreachable } from './failures.ts';

/** An answer's JSON; a connection lost in the middle of it counts as no answer. */
export const jsonOf = async <Body>(response: Response): Promise<Body> => {
  try {
    return (await response.json()) as Body;
  } catch (failure) {
    throw new Unreachable(`The answer was cut off (${String(failure)}).`);
  }
};

/** 408 and 425 ask for the request again; 429 and what is over 500 ask for patience. */
const MAY_WORK_LATER = new Set([408, 425, 429]);
const STILL_BEING_ANSWERED = 'key-in-flight';

/** What an answer that is not 2xx means to the sender. */
export const problemOf = async (response: Response): Promise<Refused | Unreachable> => {
  const problem = await bodyOf(response);
  const later = response.status >= 500 || MAY_WORK_LATER.has(response.status) || problem.code === STILL_BEING_ANSWERED;
  return later ? new Unreachable(problem.detail, retryAfter(response)) : new Refused(problem);
};

const bodyOf = async (response: Response): Promise<Problem> => {
  const unexplained = {
    title: response.statusText,
    status: response.status,
    code: 'unexplained',
    detail: `The server answered ${response.status} without a reason.`,
  };
  if (!(response.headers.get('content-type') ?? '').includes('json')) return unexplained;
  const said = await jsonOf<Partial<Problem>>(response);
  return { ...unexplained, ...said, detail: said.detail ?? said.title ?? unexplained.detail };
};

const retryAfter = (response: Response): number | null => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
};
