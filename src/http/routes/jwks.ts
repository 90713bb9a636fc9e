import Router from '@koa/router';
import type { State } from '../context.ts';
import type { Identity } from '../ports.ts';

/** The public keys with which anyone can check our access tokens. */
export const jwksRoutes = (identity: Pick<Identity, 'jwks'>): Router<State> => {
  const router = new Router<State>();
  router.get('/.well-known/jwks.json', (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.type = 'application/jwk-set+json';
    ctx.body = JSON.stringify(identity.jwks());
  });
  return router;
};
