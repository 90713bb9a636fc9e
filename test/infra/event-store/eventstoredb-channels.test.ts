import { expect } from 'chai';
import type { EventStore } from '../../../src/commands/ports.ts';
import type { ChannelMetrics } from '../../../src/infra/event-store/eventstoredb/channels.ts';
import { fickleProxy, type FickleProxy } from '../../chaos/fickle-proxy.ts';
import { eventually } from '../../support/eventually.ts';
import { appendOf, randomStream, written } from './appends.ts';
import { eventStoreDbStores } from './eventstoredb-stores.ts';

const CHANNELS = 3;

describe('EventStoreDB: several channels', () => {
  const { open, stub } = eventStoreDbStores();
  let proxy: FickleProxy;
  let store: EventStore;
  let serving: Map<number, boolean>;
  let outages: number;

  beforeEach(async () => {
    proxy = await fickleProxy(stub().url);
    serving = new Map();
    outages = 0;
    const channelMetrics: ChannelMetrics = {
      inService: (channel, serves) => {
        serving.set(channel, serves);
        if (!serves) outages++;
      },
      underWay: () => undefined,
      ended: () => undefined,
    };
    store = open({ url: proxy.url, channels: CHANNELS, channelMetrics });
  });
  afterEach(() => proxy.close());

  const appendToMany = (count: number): Promise<readonly number[]> =>
    Promise.all(Array.from({ length: count }, async () => written(await store.append(appendOf(randomStream(), 0))).revision));

  it('are connections of their own, and each subscription has one more', async () => {
    expect(await appendToMany(30)).to.deep.equal(Array.from({ length: 30 }, () => 1));
    expect(proxy.connections()).to.equal(CHANNELS);
    const stop = new AbortController();
    for await (const page of store.follow('', { limit: 10, signal: stop.signal })) {
      expect(page.events).to.not.have.length(0);
      expect(proxy.connections()).to.equal(CHANNELS + 1);
      stop.abort();
    }
  });

  it('go on without one that is cut, which comes back by itself', async () => {
    await appendToMany(30);
    const streams = Array.from({ length: 60 }, randomStream);
    const appending = Promise.all(streams.map(async (stream) => written(await store.append(appendOf(stream, 0)))));
    proxy.cutOne();
    await appending;
    for (const stream of streams) expect(await store.readStream(stream)).to.have.length(1);
    await eventually(
      async () => {
        await store.head();
        return [...serving.values()];
      },
      (states) => outages > 0 && states.every((serves) => serves),
    );
    expect(serving.size).to.equal(CHANNELS);
  });
});
