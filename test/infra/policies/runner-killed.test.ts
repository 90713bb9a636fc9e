import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { SendCommand } from '../../../src/commands/policies/send-command.ts';
import { startRunner } from './running.ts';
import { consumedBy, openStoreRoom, outboxOf, refusalsIn, type StoreRoom } from './store-room.ts';

const bunId = randomUUID();
const beefId = randomUUID();
const never = new Promise<never>(() => {});

describe('When a policy runner is killed, another does each effect once', () => {
  let room: StoreRoom;
  beforeEach(async () => {
    room = await openStoreRoom();
    await room.defineItem(bunId, 100, 97);
    await room.defineItem(beefId, 100, 10);
  });
  afterEach(() => room.close());

  const finish = async (): Promise<void> => {
    const second = startRunner(room);
    await second.caughtUp();
    await second.stop();
  };
  const allOnce = async (orders: readonly string[]): Promise<void> => {
    expect([...(await consumedBy(room))].toSorted()).to.deep.equal(orders.toSorted());
    expect(await outboxOf(room)).to.have.length(1);
    expect(await refusalsIn(room)).to.deep.equal([]);
  };
  const tickets = async (): Promise<readonly string[]> => {
    const orders: string[] = [];
    for (const item of [bunId, beefId, bunId, bunId]) orders.push(await room.startTicket(item));
    return orders;
  };

  it('before a command is written', async () => {
    const orders = await tickets();
    const reached = Promise.withResolvers<void>();
    const first = startRunner(room, {
      send: () => {
        reached.resolve();
        return never;
      },
    });
    await reached.promise;
    await first.kill();
    await finish();
    await allOnce(orders);
  });

  it('after a command is written, before the page is noted as done', async () => {
    const orders = await tickets();
    const written = Promise.withResolvers<void>();
    const halfway: SendCommand = async (command, cause) => {
      await room.send(command, cause);
      written.resolve();
      return never;
    };
    const first = startRunner(room, { send: halfway });
    await written.promise;
    await first.kill();
    expect(await consumedBy(room)).to.not.deep.equal([]);
    await finish();
    await allOnce(orders);
  });

  it('while it notes the page as done: then no job is in the outbox either', async () => {
    const orders = await tickets();
    await room.asOwner(`create function fail() returns trigger language plpgsql as 'begin raise exception ''killed''; end';
      create trigger killed before update on policy_checkpoints for each row execute function fail()`);
    const failed = Promise.withResolvers<void>();
    const first = startRunner(room, {
      pause: () => {
        failed.resolve();
        return never;
      },
    });
    await failed.promise;
    await first.kill();
    expect(await consumedBy(room)).to.have.length(4);
    expect(await outboxOf(room)).to.deep.equal([]);
    await room.asOwner('drop trigger killed on policy_checkpoints');
    await finish();
    await allOnce(orders);
  });

  it('after the page is noted as done', async () => {
    const orders = await tickets();
    const first = startRunner(room);
    await first.caughtUp();
    await first.kill();
    await finish();
    await allOnce(orders);
  });
});
