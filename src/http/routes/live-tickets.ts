import Router from '@koa/router';
import type { State } from '../context.ts';
import type { LiveTickets } from '../ports.ts';

/** A ticket for the live stream against an access token, which itself never goes into a URL. Topics check permissions. */
export const liveTicketRoutes = (tickets: Pick<LiveTickets, 'issue'>): Router<State> => {
  const router = new Router<State>({ prefix: '/api/v1/live' });
  router.post('/tickets', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = await tickets.issue(ctx.state.principal);
  });
  return router;
};
