import { expect } from 'chai';
import { aggregateCache } from '../../../src/commands/aggregate-cache.ts';
import { executor } from '../../../src/commands/execute.ts';
import { commandSender, type Cause, type SendCommand } from '../../../src/commands/policies/send-command.ts';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { commandNamed } from '../../../src/commands/registry.ts';
import { Rejection } from '../../../src/domain/rejection.ts';
import { memoryEventStore, type MemoryEventStore } from '../../support/memory-event-store.ts';
import { consume, define, receive, kilos, useOf } from '../../support/stock-item-facts.ts';

const clock = { now: () => new Date('2026-03-01T12:00:00Z') };

const senderOn = (store: MemoryEventStore): SendCommand =>
  commandSender(
    executor({ store, cache: aggregateCache(store, clock), clock, newId: () => 'command-id', onlyLocation: async () => null }),
    commandNamed,
  );

const cause = (key: string): Cause => ({
  sender: 'consume-recipe',
  key,
  eventId: 'event-1',
  correlationId: 'request-1',
  occurredAt: '2026-03-01T11:00:00.000Z',
  traceParent: null,
});

const stocked = async (): Promise<{ readonly store: MemoryEventStore; readonly send: SendCommand }> => {
  const store = memoryEventStore();
  const send = senderOn(store);
  await send(define, cause('define'));
  await send(receive(kilos(10)), cause('receive'));
  return { store, send };
};

describe('A command that the system sends', () => {
  it('says which policy sent it, because of which event, and when that happened', async () => {
    const { store, send } = await stocked();
    expect(await send(consume(useOf(1)), cause('once'))).to.deep.equal({ kind: 'done' });
    expect(store.log.at(-1)).to.deep.include({ type: 'StockItemConsumed' });
    expect(store.log.at(-1)?.metadata).to.deep.include({
      actor: { userId: 'system:consume-recipe', roles: ['system'], terminalId: null },
      causationId: 'event-1',
      correlationId: 'request-1',
      occurredAt: '2026-03-01T11:00:00.000Z',
    });
  });

  it('has no second effect under the same key, even where the policy would ask for something else by now', async () => {
    const { store, send } = await stocked();
    await send(consume(useOf(1)), cause('once'));
    const length = store.log.length;
    expect(await send(consume(useOf(1)), cause('once'))).to.deep.equal({ kind: 'done' });
    expect(await send(consume(useOf(2)), cause('once'))).to.deep.equal({ kind: 'done' });
    expect(store.log).to.have.length(length);
  });

  it('is refused with its code, and the refusal stands when it is sent again', async () => {
    const store = memoryEventStore();
    const send = senderOn(store);
    const refusal = await send(consume(useOf(1)), cause('too-early'));
    expect(refusal).to.deep.include({ kind: 'refused', code: 'stock-item-unknown' });
    await send(define, cause('define'));
    expect(await send(consume(useOf(1)), cause('too-early'))).to.deep.equal(refusal);
  });

  it('is busy, not refused, where others change the same thing at this moment', async () => {
    const contended: SendCommand = commandSender(async () => {
      throw new Rejection('too-much-contention', 'Again.');
    }, commandNamed);
    expect(await contended(consume(useOf(1)), cause('once'))).to.deep.equal({ kind: 'busy', code: 'too-much-contention' });
  });

  it('passes on that the log is out of reach', async () => {
    const down = commandSender(async () => {
      throw new DependencyDown('event log', null);
    }, commandNamed);
    let thrown: unknown = null;
    await down(consume(useOf(1)), cause('once')).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(DependencyDown);
  });
});
