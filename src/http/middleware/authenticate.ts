import type { Handler } from '../context.ts';
import type { Identity } from '../ports.ts';
import { HttpProblem } from '../problem.ts';

const unauthenticated = (detail: string): HttpProblem => new HttpProblem(401, 'unauthenticated', detail, { 'WWW-Authenticate': 'Bearer' });

/** Lets nobody by without a valid access token. */
export const authenticate =
  (identity: Pick<Identity, 'verify'>): Handler =>
  async (ctx, next) => {
    const header = ctx.get('Authorization');
    if (!header.startsWith('Bearer ')) throw unauthenticated('Send the access token as Authorization: Bearer.');
    const principal = await identity.verify(header.slice('Bearer '.length));
    if (principal === null) throw unauthenticated('The access token is not valid, or no longer: refresh it or log in again.');
    ctx.state.principal = principal;
    await next();
  };
