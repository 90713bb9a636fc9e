import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { policy, send } from '../../../src/commands/policies/policy.ts';
import type { StockUse } from '../../../src/domain/stock-item.ts';
import { jobIdOf } from '../../../src/infra/policies/plan.ts';
import { listen } from '../../../src/infra/postgres/connect-listen.ts';
import { startProjector } from '../../../src/infra/projections/projector.ts';
import { stockLevels } from '../../../src/projections/stock-levels.ts';
import { locationId } from '../../support/canonical-events.ts';
import { startRunner } from './running.ts';
import { consumedBy, openStoreRoom, outboxOf, refusalsIn, silent, type StoreRoom } from './store-room.ts';

const bunId = randomUUID();
const beefId = randomUUID();

const usedBy = (orderId: string): StockUse => ({ orderId, lineId: 'line', recipeVersion: 1, quantity: 1 });

/** The read model's table, once there is one that is in use and at the position; not `before`. */
const tableInUse = async (room: StoreRoom, position: number, before: unknown = null): Promise<unknown> => {
  const found = Promise.withResolvers<unknown>();
  const look = async (): Promise<void> => {
    const [row] =
      await room.asOwner(`select max(oid::bigint) as oid from pg_class where relname like 'stock\\_levels\\_v%' and relkind = 'r'
      and (select bool_and(not building and position >= ${position}) from projection_checkpoints)`);
    if (row?.['oid'] !== null && row?.['oid'] !== before) found.resolve(row?.['oid']);
  };
  const stop = await listen(room.ownerUrl, ['projected'], () => void look().catch(found.reject), { log: silent });
  await look();
  const table = await found.promise;
  await stop();
  return table;
};

describe('Policy runner', () => {
  let room: StoreRoom;
  beforeEach(async () => {
    room = await openStoreRoom();
    await room.defineItem(bunId, 100, 97);
    await room.defineItem(beefId, 100, 10);
  });
  afterEach(() => room.close());

  const outbox = () => outboxOf(room);
  const refusals = () => refusalsIn(room);

  it('takes what each started ticket used from stock, in the order of the log', async () => {
    const orders = [await room.startTicket(bunId), await room.startTicket(bunId), await room.startTicket(bunId)];
    const runner = startRunner(room, { pageSize: 2 });
    await runner.caughtUp();
    await runner.stop();
    expect(await consumedBy(room)).to.deep.equal(orders);
  });

  it('names the ticket’s event as the cause, at the time the ticket was started', async () => {
    await room.startTicket(bunId);
    const runner = startRunner(room);
    await runner.caughtUp();
    await runner.stop();
    const [started] = await room.events('OrderTicketStarted');
    const [consumed] = await room.events('StockItemConsumed');
    expect(consumed?.metadata).to.deep.include({
      actor: { userId: 'system:consume-recipe', roles: ['system'], terminalId: null },
      causationId: started?.eventId,
      correlationId: 'request',
      occurredAt: '2026-03-01T19:59:00.000Z',
      locationId,
    });
  });

  it('follows the log as it grows, and goes on where it stopped', async () => {
    const first = startRunner(room);
    await first.caughtUp();
    const orders = [await room.startTicket(bunId)];
    await first.caughtUp();
    await first.stop();
    orders.push(await room.startTicket(beefId));
    const second = startRunner(room);
    await second.caughtUp();
    await second.stop();
    expect([first.sent.length, second.sent.length]).to.deep.equal([1, 1]);
    expect(await consumedBy(room)).to.deep.equal(orders);
  });

  it('puts one job in the outbox when an item reaches its reorder point', async () => {
    for (const _ of [1, 2, 3, 4]) await room.startTicket(bunId);
    const runner = startRunner(room);
    await runner.caughtUp();
    await runner.stop();
    const [reached] = await room.events('StockItemReorderPointReached');
    const [job, ...others] = await outbox();
    expect(others).to.deep.equal([]);
    expect(job).to.deep.include({
      id: jobIdOf('reorder-alert', reached?.eventId ?? '', 0),
      queue: 'reorder-alerts',
      name: 'raise-reorder-alert',
    });
    expect(job?.['data']).to.deep.equal(reached?.data);
    expect(job?.['cause']).to.deep.include({ eventId: reached?.eventId, correlationId: 'request', locationId });
  });

  it('notes a refused command and goes on', async () => {
    const unknown = randomUUID();
    await room.startTicket(unknown);
    const orders = [await room.startTicket(bunId)];
    const runner = startRunner(room);
    await runner.caughtUp();
    await runner.stop();
    expect(await consumedBy(room)).to.deep.equal(orders);
    expect(await refusals()).to.deep.equal([
      { policy: 'consume-recipe', effect: 0, position: 5, command_type: 'ConsumeStock', code: 'stock-item-unknown' },
    ]);
  });

  it('notes a policy that fails and goes on', async () => {
    const orders = [await room.startTicket(bunId)];
    const broken = policy('broken', 'log-start', {
      OrderTicketStarted: () => {
        throw new Error('a bug');
      },
    });
    const counting = policy('counting', 'log-start', {
      OrderTicketStarted: ({ data: { orderId } }) => [
        send(bunId, { type: 'ConsumeStock', data: { stockItemId: bunId, uses: [usedBy(orderId)] } }),
      ],
    });
    const runner = startRunner(room, { policies: [broken, counting] });
    await runner.caughtUp();
    await runner.stop();
    expect(await consumedBy(room)).to.deep.equal(orders);
    expect(await refusals()).to.deep.equal([{ policy: 'broken', effect: -1, position: 5, command_type: null, code: 'policy-failed' }]);
  });

  it('starts a new policy at the log’s end where its definition says so', async () => {
    await room.startTicket(bunId);
    const fromNow = policy('from-now', 'log-end', {
      OrderTicketStarted: ({ data: { orderId } }) => [
        send(beefId, { type: 'ConsumeStock', data: { stockItemId: beefId, uses: [usedBy(orderId)] } }),
      ],
    });
    const first = startRunner(room, { policies: [fromNow] });
    await first.caughtUp();
    await first.stop();
    const orders = [await room.startTicket(bunId)];
    const second = startRunner(room, { policies: [fromNow] });
    await second.caughtUp();
    await second.stop();
    expect(await consumedBy(room)).to.deep.equal(orders);
  });

  it('does nothing again when a read model is rebuilt', async () => {
    await room.startTicket(bunId);
    const none = () => undefined;
    const projector = startProjector({
      ownerUrl: room.ownerUrl,
      store: room.store,
      projections: [stockLevels],
      log: silent,
      metrics: { folded: none, lag: none, parked: none, gap: none },
    });
    const runner = startRunner(room);
    await runner.caughtUp();
    const before = await room.store.head();
    const table = await tableInUse(room, before);
    await projector.rebuild('stock_levels');
    await tableInUse(room, before, table);
    await runner.caughtUp();
    await runner.stop();
    await projector.stop();
    expect(await room.store.head()).to.equal(before);
    expect(runner.sent).to.have.length(1);
  });

  it('works in one process at a time; a second one takes over when the first is gone', async () => {
    const standing = Promise.withResolvers<void>();
    let tick = Promise.withResolvers<void>();
    const first = startRunner(room);
    await first.caughtUp();
    const second = startRunner(room, {
      pause: async () => {
        standing.resolve();
        await tick.promise;
        tick = Promise.withResolvers();
      },
    });
    await standing.promise;
    const orders = [await room.startTicket(bunId)];
    await first.caughtUp();
    expect([first.sent.length, second.sent.length]).to.deep.equal([1, 0]);
    await room.asOwner(`select pg_terminate_backend(pid) from pg_locks join pg_database on database = pg_database.oid
      where locktype = 'advisory' and granted and datname = current_database()`);
    await first.stop();
    orders.push(await room.startTicket(bunId));
    tick.resolve();
    await second.caughtUp();
    await second.stop();
    expect([first.sent.length, second.sent.length]).to.deep.equal([1, 1]);
    expect(await consumedBy(room)).to.deep.equal(orders);
  });
});
