import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { State } from '../../../src/http/context.ts';
import { liveTicketRoutes } from '../../../src/http/routes/live-tickets.ts';
import { enterLive } from '../../support/live-client.ts';
import { cook, liveUnderTest, ticketsInMemory } from './live-under-test.ts';
import { memoryFeed } from './memory-feed.ts';

describe('Tickets for the live stream', () => {
  const tickets = ticketsInMemory();
  let server: Server;

  before(async () => {
    const app = new Koa<State>();
    app.use(async (ctx, next) => {
      ctx.state.principal = cook;
      await next();
    });
    app.use(liveTicketRoutes(tickets).routes());
    await new Promise<void>((listening) => (server = app.listen(0, '127.0.0.1', listening)));
  });
  after(() => new Promise((closed) => server.close(closed)));

  it('are given to whoever is logged in, kept by nobody on the way, and open the stream', async () => {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/live/tickets`, { method: 'POST' });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const { ticket, expiresInSeconds } = (await answer.json()) as { ticket: string; expiresInSeconds: number };
    expect(expiresInSeconds).to.equal(30);
    const under = await liveUnderTest(memoryFeed().feed, { tickets });
    const client = await enterLive(under.url, ticket);
    client.vanish();
    await under.stop();
  });
});
