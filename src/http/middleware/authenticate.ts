import type { Handler } from '../context.ts';
import type { Identity, Principal } from '../ports.ts';
import { HttpProblem } from '../problem.ts';

const SCHEME = 'Bearer ';

const unauthenticated = (detail: string): HttpProblem => new HttpProblem(401, 'unauthenticated', detail, { 'WWW-Authenticate': 'Bearer' });

/** Whose access token the Authorization header holds; refuses with 401 where it holds no valid one. */
export const principalFrom = async (identity: Pick<Identity, 'verify'>, authorization: string): Promise<Principal> => {
  if (!authorization.startsWith(SCHEME)) throw unauthenticated('Send the access token as Authorization: Bearer.');
  const principal = await identity.verify(authorization.slice(SCHEME.length));
  if (principal === null) throw unauthenticated('The access token is not valid, or no longer: refresh it or log in again.');
  return principal;
};

/** Lets nobody by without a valid access token. */
export const authenticate =
  (identity: Pick<Identity, 'verify'>): Handler =>
  async (ctx, next) => {
    ctx.state.principal = await principalFrom(identity, ctx.get('Authorization'));
    await next();
  };
