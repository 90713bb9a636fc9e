import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import Koa from 'koa';
import type { State } from '../../../src/http/context.ts';
import { answerProblems } from '../../../src/http/middleware/answer-problems.ts';
import type { Principal } from '../../../src/http/ports.ts';
import { jobRoutes } from '../../../src/http/routes/jobs.ts';
import { postgresJobs } from '../../../src/infra/jobs/backend.ts';
import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { locationId } from '../../support/canonical-events.ts';
import { openStoreRoom, silent, type StoreRoom } from '../policies/store-room.ts';
import { openWorkshop, QUEUE, type Workshop } from './workshop.ts';

const otherLocation = '01939f3a-1000-7000-8000-000000000099';
const person = (roles: readonly string[], locationIds: readonly string[] | null): Principal => ({
  userId: 'ana',
  name: 'Ana',
  roles,
  locationIds,
  terminalId: null,
});
const manager = person(['manager'], [locationId]);
const cook = person(['cook'], [locationId]);
const elsewhere = person(['manager'], [otherLocation]);

describe('GET /jobs and POST /jobs/{jobId}/retry', () => {
  let room: StoreRoom;
  let shop: Workshop;
  let server: Server;
  let asker: Principal;
  let dead: string;

  before(async () => {
    room = await openStoreRoom();
    await migrateJobs(room.ownerUrl);
    shop = openWorkshop(room, postgresJobs(room.ownerUrl, silent));
    dead = await shop.add('event-1');
    const { outcomes, stop } = shop.work(() => Promise.reject(new Error('no mail server')));
    await outcomes.has('dead');
    await stop();
    await shop.add('event-2');

    const app = new Koa<State>();
    app.use(answerProblems(silent));
    app.use((ctx, next) => {
      ctx.state = { principal: asker, correlationId: 'request', traceParent: null };
      return next();
    });
    app.use(jobRoutes(shop.board).routes());
    server = await new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await shop.close();
    await room.close();
  });

  const ask = async (
    as: Principal,
    method: string,
    path: string,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> => {
    asker = as;
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/jobs${path}`, { method, headers: { connection: 'close' } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const jobsOf = (body: Record<string, unknown>): readonly (readonly unknown[])[] =>
    (body['items'] as readonly { readonly state: string; readonly failure: string | null }[]).map(({ state, failure }) => [state, failure]);

  it('lists the jobs of the asker’s locations with why they failed, and counts the queues', async () => {
    const { status, body } = await ask(manager, 'GET', '');
    expect(status).to.equal(200);
    expect(jobsOf(body)).to.deep.equal([
      ['waiting', null],
      ['dead', 'no mail server'],
    ]);
    expect(body).to.deep.include({
      next: null,
      queues: [
        { queue: QUEUE, counts: { waiting: 1, active: 0, delayed: 0, completed: 0, failed: 1, dead: 1 } },
        { queue: 'account-mails', counts: { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, dead: 0 } },
      ],
    });
    expect(jobsOf((await ask(elsewhere, 'GET', '')).body)).to.deep.equal([]);
  });

  it('lists one state, page by page', async () => {
    expect(jobsOf((await ask(manager, 'GET', '?state=dead')).body)).to.deep.equal([['dead', 'no mail server']]);
    const { body } = await ask(manager, 'GET', '?limit=1');
    expect(jobsOf(body)).to.deep.equal([['waiting', null]]);
    expect(jobsOf((await ask(manager, 'GET', `?limit=1&after=${String(body['next'])}`)).body)).to.deep.equal([['dead', 'no mail server']]);
  });

  it('refuses what it does not understand, and those without the permission', async () => {
    expect(await ask(manager, 'GET', '?state=lost')).to.nested.include({ status: 400, 'body.code': 'request-invalid' });
    expect(await ask(manager, 'GET', '?queue=lost')).to.nested.include({ status: 400, 'body.code': 'queue-unknown' });
    expect(await ask(cook, 'GET', '')).to.nested.include({ status: 403, 'body.code': 'permission-missing' });
    expect(await ask(cook, 'POST', `/${dead}/retry`)).to.nested.include({ status: 403, 'body.code': 'permission-missing' });
  });

  it('has a dead job tried again, once, by those it belongs to', async () => {
    expect(await ask(manager, 'POST', `/${randomUUID()}/retry`)).to.nested.include({ status: 404, 'body.code': 'job-unknown' });
    expect(await ask(elsewhere, 'POST', `/${dead}/retry`)).to.nested.include({ status: 404, 'body.code': 'job-unknown' });
    expect(await ask(manager, 'POST', `/${dead}/retry`)).to.deep.equal({ status: 200, body: { jobId: dead, state: 'waiting' } });
    expect(await ask(manager, 'POST', `/${dead}/retry`)).to.nested.include({ status: 409, 'body.code': 'job-not-dead' });
  });
});
