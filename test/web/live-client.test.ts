import { expect } from 'chai';
import { liveClient, type LiveClient, type SocketEvents } from '../../web/shared/live-client.ts';

type Timer = { readonly at: number; readonly run: () => void };

/** A world turned by hand: sockets that a test opens, timers that fire when it says so. */
const handWorld = () => {
  const sockets: (SocketEvents & { readonly sent: unknown[]; dropped: boolean })[] = [];
  const timers = new Set<Timer>();
  let now = 0;
  let tickets = 0;
  const client: LiveClient = liveClient({
    now: () => now,
    random: () => 1,
    after: (milliseconds, run) => {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    ticket: () => Promise.resolve(`ticket-${(tickets += 1)}`),
    open: (events) => {
      const socket = { ...events, sent: [] as unknown[], dropped: false };
      sockets.push(socket);
      return { send: (text) => socket.sent.push(JSON.parse(text)), close: () => (socket.dropped = true) };
    },
  });
  const pass = (milliseconds: number): void => {
    const until = now + milliseconds;
    for (let next = earliest(); next !== undefined && next.at <= until; next = earliest()) {
      now = next.at;
      timers.delete(next);
      next.run();
    }
    now = until;
  };
  const earliest = (): Timer | undefined => [...timers].toSorted((one, other) => one.at - other.at)[0];
  const socket = (index: number) => {
    const found = sockets[index];
    if (found === undefined) throw new Error(`Socket ${index} was not opened`);
    return found;
  };
  const say = (index: number, ...frames: readonly object[]): void => {
    for (const frame of frames) socket(index).message(JSON.stringify(frame));
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { client, pass, socket, say, settle, opened: () => sockets.length };
};

const welcome = { type: 'welcome', heartbeatSeconds: 5, serverTime: new Date(0).toISOString(), logId: 'the-log' };
const heartbeat = { type: 'heartbeat', serverTime: new Date(0).toISOString(), logPosition: 5, projectionPosition: 5 };
const board = { topic: 'kitchen', locationId: 'here', station: 'grill' } as const;

describe('The live client', () => {
  const connected = async () => {
    const world = handWorld();
    const topic = world.client.subscribe<{ id: string }>(board, ({ id }) => id);
    await world.settle();
    world.socket(0).opened();
    world.say(0, welcome, { type: 'snapshot', id: 'kitchen-1', position: 5, rows: [{ id: 'a' }] });
    return { ...world, topic };
  };

  it('authenticates with a ticket, then subscribes, then is live', async () => {
    const { client, socket, topic } = await connected();
    expect(socket(0).sent).to.deep.equal([
      { type: 'authenticate', ticket: 'ticket-1' },
      { type: 'subscribe', id: 'kitchen-1', ...board },
    ]);
    expect([client.state.get().status, [...topic.rows.get().rows.keys()]]).to.deep.equal(['live', ['a']]);
  });
  it('resumes after the last position with a new ticket when the connection was lost', async () => {
    const { client, socket, say, pass, settle } = await connected();
    say(0, { type: 'changes', id: 'kitchen-1', position: 8, changes: [{ key: 'a', row: null }] });
    socket(0).closed(null);
    expect(client.state.get().status).to.equal('offline');
    pass(300);
    await settle();
    socket(1).opened();
    say(1, welcome);
    expect(client.state.get().status).to.equal('catching-up');
    expect(socket(1).sent).to.deep.equal([
      { type: 'authenticate', ticket: 'ticket-2' },
      { type: 'subscribe', id: 'kitchen-1', ...board, after: 8 },
    ]);
    say(1, { type: 'resumed', id: 'kitchen-1', position: 8 });
    expect(client.state.get().status).to.equal('live');
  });
  it('asks for all anew where the log is another one, until it has it', async () => {
    const { socket, say, pass, settle, topic } = await connected();
    const another = { ...welcome, logId: 'restored' };
    for (const connection of [1, 2]) {
      socket(connection - 1).closed(null);
      pass(5_000);
      await settle();
      socket(connection).opened();
      say(connection, another);
      expect(socket(connection).sent[1]).to.deep.equal({ type: 'subscribe', id: 'kitchen-1', ...board });
    }
    say(2, { type: 'snapshot', id: 'kitchen-1', position: 3, rows: [{ id: 'b' }] });
    expect([topic.rows.get().position, [...topic.rows.get().rows.keys()]]).to.deep.equal([3, ['b']]);
    socket(2).closed(null);
    pass(5_000);
    await settle();
    socket(3).opened();
    say(3, another);
    expect(socket(3).sent[1]).to.deep.equal({ type: 'subscribe', id: 'kitchen-1', ...board, after: 3 });
  });
  it('gives a silent connection up within two heartbeats and a second', async () => {
    const { client, socket, say, pass } = await connected();
    pass(4_000);
    say(0, heartbeat);
    pass(10_000);
    expect(client.state.get().status).to.equal('live');
    pass(1_000);
    expect([client.state.get().status, socket(0).dropped]).to.deep.equal(['offline', true]);
    expect(client.state.get().notLiveSince).to.equal(4_000);
  });
  it('gives up a connection that never says welcome', async () => {
    const { client, settle, pass, socket } = handWorld();
    await settle();
    socket(0).opened();
    pass(10_000);
    expect([client.state.get().status, client.state.get().reason]).to.deep.equal(['offline', 'The server does not answer.']);
  });
  it('waits longer after each failure, but never over five seconds', async () => {
    const { pass, settle, socket, opened } = handWorld();
    await settle();
    for (const [index, wait] of [300, 600, 1200, 2400, 4800, 5000, 5000].entries()) {
      socket(index).closed(null);
      pass(wait - 1);
      await settle();
      expect(opened()).to.equal(index + 1);
      pass(1);
      await settle();
      expect(opened()).to.equal(index + 2);
    }
  });
  it('tries at once when told to hurry, but only when it is offline', async () => {
    const { client, socket, settle, opened } = await connected();
    client.hurry();
    await settle();
    expect(opened()).to.equal(1);
    socket(0).closed(null);
    client.hurry();
    await settle();
    expect(opened()).to.equal(2);
  });
  it('hears nothing more from a connection it gave up', async () => {
    const { client, socket, say, topic } = await connected();
    socket(0).closed(null);
    say(0, { type: 'changes', id: 'kitchen-1', position: 9, changes: [{ key: 'a', row: null }] });
    expect([client.state.get().status, topic.rows.get().position]).to.deep.equal(['offline', 5]);
  });
  it('subscribes and unsubscribes while connected', async () => {
    const { client, socket } = await connected();
    client.subscribe<{ key: string }>({ topic: 'all-day', locationId: 'here' }, ({ key }) => key).stop();
    expect(socket(0).sent.slice(2)).to.deep.equal([
      { type: 'subscribe', id: 'all-day-2', topic: 'all-day', locationId: 'here' },
      { type: 'unsubscribe', id: 'all-day-2' },
    ]);
  });
  it('stays closed once closed', async () => {
    const { client, socket, pass, settle, opened } = await connected();
    client.close();
    socket(0).closed(null);
    client.hurry();
    pass(60_000);
    await settle();
    expect([opened(), socket(0).dropped]).to.deep.equal([1, true]);
  });
});
