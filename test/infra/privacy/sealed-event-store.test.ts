import { expect } from 'chai';
import { DependencyDown, START, type Append, type EventStore, type LogEvent } from '../../../src/commands/ports.ts';
import type { Message } from '../../../src/domain/decider.ts';
import { ERASED } from '../../../src/domain/personal.ts';
import { Rejection } from '../../../src/domain/rejection.ts';
import { keyring } from '../../../src/infra/privacy/keyring.ts';
import { sealedEventStore } from '../../../src/infra/privacy/sealed-event-store.ts';
import { canonicalEvents, managerId, orderId, serverId } from '../../support/canonical-events.ts';
import { memoryEventStore } from '../../support/memory-event-store.ts';
import { memoryKeyStore } from './memory-key-store.ts';

const opened: Message<string, unknown> = { type: 'OrderOpened', data: { ...canonicalEvents.OrderOpened.data, serverId } };
const added: Message<string, unknown> = canonicalEvents.OrderLinesAdded;
const stream = `Order-${orderId}`;

const appendOf = (events: readonly Message<string, unknown>[], expected = 0, into = stream): Append => ({
  stream: into,
  expected,
  events,
  metadata: {
    commandId: 'c',
    commandType: 'OpenOrder',
    correlationId: 'c',
    causationId: null,
    actor: { userId: managerId, roles: [], terminalId: null },
    locationId: null,
    occurredAt: null,
    traceParent: null,
    schemaVersion: 1,
  },
  receipt: null,
});

const thrownBy = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It threw nothing');
};

describe('The log with its personal texts sealed', () => {
  let now: number;
  let unreadable: number;
  let raw: ReturnType<typeof memoryEventStore>;
  let keys: ReturnType<typeof memoryKeyStore>;
  let ring: ReturnType<typeof keyring>;
  let store: EventStore;
  beforeEach(() => {
    now = 0;
    unreadable = 0;
    raw = memoryEventStore();
    keys = memoryKeyStore();
    ring = keyring({ store: keys, now: () => now });
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    store = sealedEventStore({ store: raw, keys: ring, log, metrics: { sealed: () => undefined, unreadable: () => void unreadable++ } });
  });

  const dataRead = async (): Promise<readonly unknown[]> => (await store.readStream(stream)).map(({ data }) => data);

  it('reads what was written, and keeps no name or note in the clear', async () => {
    await store.append(appendOf([opened, added]));
    expect(await dataRead()).to.deep.equal([opened.data, added.data]);
    const stored = JSON.stringify(raw.log);
    for (const text of ['Ana', 'no onions']) expect(stored).to.not.include(text);
    expect(stored).to.include('Hamburger');
  });

  it('reads the same by log and by following it', async () => {
    await store.append(appendOf([opened]));
    expect((await store.readLog(START, 10)).events[0]?.data).to.deep.equal(opened.data);
    for await (const { events } of store.follow(START, { limit: 10, signal: new AbortController().signal }))
      expect(events[0]?.data).to.deep.equal(opened.data);
  });

  it('reads what was written before in the clear', async () => {
    await raw.append(appendOf([canonicalEvents.OrderOpened, added]));
    expect(await dataRead()).to.deep.equal([canonicalEvents.OrderOpened.data, added.data]);
    expect(keys.asked()).to.equal(0);
  });

  it('asks for no key where no personal text is in play', async () => {
    await store.append(appendOf([canonicalEvents.OrderClosed, { ...added, data: { orderId, lines: [] } }]));
    await dataRead();
    expect(keys.asked()).to.equal(0);
  });

  it('asks for a key once in a while', async () => {
    await store.append(appendOf([opened]));
    const asked = keys.asked();
    await dataRead();
    await store.append(appendOf([opened], 1));
    expect(keys.asked()).to.equal(asked);
    now += 61_000;
    await dataRead();
    expect(keys.asked()).to.equal(asked + 1);
  });

  it('asks once for the keys of many orders that come at once', async () => {
    const orders = Array.from({ length: 50 }, (_, n) => `order-${n}`);
    const addedTo = (id: string) => ({ type: added.type, data: { ...canonicalEvents.OrderLinesAdded.data, orderId: id } });
    await Promise.all(orders.map((id) => store.append(appendOf([addedTo(id)], 0, `Order-${id}`))));
    expect(keys.asked()).to.equal(1);
    expect(keys.keys.size).to.equal(50);
    for (const id of orders) expect((await store.readStream(`Order-${id}`)).map(({ data }) => data)).to.deep.equal([addedTo(id).data]);
  });

  it('reads a placeholder once the key was destroyed, and leaves other people’s texts alone', async () => {
    await store.append(appendOf([opened, added]));
    keys.destroy(serverId);
    ring.forget([serverId]);
    expect(await dataRead()).to.deep.equal([{ ...(opened.data as object), server: ERASED }, added.data]);
  });

  it('reads a placeholder where there is no key any more', async () => {
    await store.append(appendOf([opened]));
    keys.lose(serverId);
    ring.forget([serverId]);
    expect(await dataRead()).to.deep.equal([{ ...(opened.data as object), server: ERASED }]);
  });

  it('refuses to keep more of a person who was erased, but carries the placeholder on', async () => {
    keys.destroy(serverId);
    const refused = await thrownBy(() => store.append(appendOf([opened])));
    expect(refused).to.be.instanceOf(Rejection).with.property('code', 'subject-erased');
    expect(raw.log).to.have.length(0);
    await store.append(appendOf([{ ...opened, data: { ...(opened.data as object), server: ERASED } }]));
    expect(raw.log).to.have.length(1);
  });

  it('writes nothing and reads nothing without its keys', async () => {
    await store.append(appendOf([opened]));
    now += 61_000;
    keys.setDown(true);
    expect(await thrownBy(() => store.append(appendOf([added], 1)))).to.be.instanceOf(DependencyDown);
    expect(await thrownBy(() => store.readStream(stream))).to.be.instanceOf(DependencyDown);
    expect(await thrownBy(() => store.readLog(START, 10))).to.be.instanceOf(DependencyDown);
    expect(raw.log).to.have.length(1);
    await store.append(appendOf([canonicalEvents.OrderClosed], 1));
    expect(raw.log).to.have.length(2);
  });

  it('does not open a text that was moved to another event', async () => {
    await store.append(appendOf([opened]));
    const [first] = raw.log as readonly [LogEvent];
    await raw.append(appendOf([{ type: first.type, data: first.data }], 1));
    expect((await dataRead())[1]).to.deep.equal({ ...(opened.data as object), server: ERASED });
    expect(unreadable).to.equal(1);
  });

  it('does not keep a key that was asked for before it was destroyed', async () => {
    await store.append(appendOf([opened]));
    now += 61_000;
    const slow = keys.read;
    const late = keyring({
      store: {
        ...keys,
        read: async (ids) => {
          const found = await slow(ids);
          keys.destroy(serverId);
          late.forget([serverId]);
          return found;
        },
      },
      now: () => now,
    });
    await late.read([serverId]);
    expect(late.recall(serverId)).to.equal(undefined);
  });
});
