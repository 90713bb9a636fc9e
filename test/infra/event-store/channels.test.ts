import { expect } from 'chai';
import { channelsOver, type ChannelMetrics } from '../../../src/infra/event-store/eventstoredb/channels.ts';
import { silent } from '../../../src/infra/event-store/options.ts';
import { handTimers } from '../../http/live/hand-timers.ts';
import { thrownBy } from './thrown-by.ts';

class Broken extends Error {}

/** A client that does what it is told to. */
type Client = { readonly name: string; broken: boolean; probes: number };
const client = (name: string): Client => ({ name, broken: false, probes: 0 });

const call = async ({ name, broken }: Client): Promise<string> => {
  if (broken) throw new Broken(name);
  return name;
};
const always = (): boolean => true;
const never = (): boolean => false;
/** Whatever was begun comes to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const over = (names: readonly string[]) => {
  const clients = names.map(client);
  const { timers, turn } = handTimers();
  const serving = new Map<number, boolean>();
  const underWay = new Map<number, number>();
  const outcomes: string[] = [];
  const metrics: ChannelMetrics = {
    inService: (channel, serves) => serving.set(channel, serves),
    underWay: (channel, calls) => underWay.set(channel, calls),
    ended: (channel, outcome) => outcomes.push(`${channel} ${outcome}`),
  };
  const probe = async (one: Client): Promise<void> => {
    one.probes++;
    await call(one);
  };
  const channels = channelsOver({ clients, probe, isBroken: (error) => error instanceof Broken, timers, metrics, log: silent });
  const named = (name: string): Client => clients.find((one) => one.name === name) ?? client(name);
  return { channels, named, turn, serving, underWay, outcomes };
};

describe('Channels to EventStoreDB', () => {
  it('take calls in turn while none is busier than another', async () => {
    const { channels } = over(['a', 'b', 'c']);
    const taken = [];
    for (let nth = 0; nth < 6; nth++) taken.push(await channels.use(call, never));
    expect(taken.toSorted()).to.deep.equal(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('give a call to the one with the least under way', async () => {
    const { channels, underWay } = over(['a', 'b']);
    const finish = Promise.withResolvers<void>();
    const slow: string[] = [];
    const hang = async ({ name }: Client): Promise<void> => {
      slow.push(name);
      await finish.promise;
    };
    const hanging = channels.use(hang, never);
    const other = slow[0] === 'a' ? 'b' : 'a';
    for (let nth = 0; nth < 4; nth++) expect(await channels.use(call, never)).to.equal(other);
    expect([...underWay.values()]).to.have.members([0, 1]);
    finish.resolve();
    await hanging;
    expect([...underWay.values()]).to.deep.equal([0, 0]);
  });

  it('are left out once they failed, until they answer again', async () => {
    const { channels, named, turn, serving, outcomes } = over(['a', 'b']);
    named('a').broken = true;
    for (let nth = 0; nth < 4; nth++) expect(await channels.use(call, always)).to.equal('b');
    expect(serving.get(1)).to.equal(false);
    expect(outcomes.filter((outcome) => outcome === '1 failed')).to.have.length(1);
    named('a').broken = false;
    turn(100);
    await settled();
    expect(serving.get(1)).to.equal(true);
    expect([await channels.use(call, never), await channels.use(call, never)].toSorted()).to.deep.equal(['a', 'b']);
  });

  it('are asked again after pauses that grow to ten seconds', async () => {
    const { channels, named, turn } = over(['a', 'b']);
    named('a').broken = true;
    for (let nth = 0; nth < 2; nth++) await channels.use(call, always);
    const probesAfter: number[] = [];
    for (const pause of [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]) {
      turn(pause - 1);
      await settled();
      probesAfter.push(named('a').probes);
      turn(1);
      await settled();
    }
    expect(probesAfter).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('are all tried while none is in service', async () => {
    const { channels, named, serving } = over(['a', 'b']);
    named('a').broken = true;
    named('b').broken = true;
    expect(await thrownBy(channels.use(call, always))).to.be.instanceOf(Broken);
    expect([...serving.values()]).to.deep.equal([false, false]);
    named('a').broken = false;
    named('b').broken = false;
    expect(await channels.use(call, never)).to.be.oneOf(['a', 'b']);
  });

  it('do not make a call twice that may have been done', async () => {
    const { channels, named, outcomes } = over(['a', 'b']);
    named('a').broken = true;
    named('b').broken = true;
    expect(await thrownBy(channels.use(call, never))).to.be.instanceOf(Broken);
    expect(outcomes).to.have.length(1);
  });

  it('stay in service when the server says no', async () => {
    const { channels, serving } = over(['a', 'b']);
    const refusal = new Error('wrong expected version');
    const error = await thrownBy(channels.use(() => Promise.reject(refusal), always));
    expect(error).to.equal(refusal);
    expect([...serving.values()]).to.deep.equal([true, true]);
  });

  it('are asked now and then while there is nothing to do', async () => {
    const { named, turn, serving } = over(['a', 'b']);
    turn(5_000);
    await settled();
    expect(named('a').probes).to.equal(1);
    named('a').broken = true;
    turn(5_000);
    await settled();
    expect([...serving.values()]).to.deep.equal([false, true]);
  });

  it('are asked no more once closed', async () => {
    const { channels, named, turn } = over(['a', 'b']);
    named('a').broken = true;
    for (let nth = 0; nth < 2; nth++) await channels.use(call, always);
    channels.close();
    turn(60_000);
    await settled();
    expect([named('a').probes, named('b').probes]).to.deep.equal([0, 0]);
  });
});
