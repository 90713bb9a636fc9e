import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Identity } from '../../../src/http/ports.ts';
import { connectLive, enterLive, shownBy, type LiveClient } from '../../support/live-client.ts';
import { cold, cook, elsewhere, grill, here, liveUnderTest, owner, type UnderTest } from './live-under-test.ts';
import { memoryFeed, type MemoryFeed } from './memory-feed.ts';

const board = { type: 'subscribe', id: 'board', topic: 'kitchen', locationId: here, station: grill } as const;
const ticketRow = (ticketId: string, status = 'fired', stationId = grill, locationId = here) => ({
  projection: 'kitchen_board',
  key: ticketId,
  row: { ticketId, locationId, stationId, status },
});

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((turn) => setImmediate(turn));
};

describe('Live server', () => {
  let memory: MemoryFeed;
  let under: UnderTest;
  let clients: LiveClient[];
  let standing: Identity['standing'];

  beforeEach(async () => {
    memory = memoryFeed();
    standing = async (principal) => principal;
    under = await liveUnderTest(memory.feed, { standing: (principal) => standing(principal) });
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.vanish();
    await under.stop();
  });

  const enter = async (principal = cook): Promise<LiveClient> => {
    const client = await enterLive(under.url, under.ticket(principal));
    clients.push(client);
    return client;
  };
  const connect = async (options = {}): Promise<LiveClient> => {
    const client = await connectLive(under.url, options);
    clients.push(client);
    return client;
  };
  const commit = (...writes: Parameters<MemoryFeed['write']>[0]): number => {
    const position = memory.write(writes);
    memory.hint();
    return position;
  };

  describe('welcomes', () => {
    it('whoever has a ticket, by the server’s clock', async () => {
      const client = await connect();
      client.send({ type: 'authenticate', ticket: under.ticket() });
      expect(await client.next('welcome')).to.deep.equal({
        type: 'welcome',
        heartbeatSeconds: 5,
        serverTime: '2026-02-03T18:00:00.000Z',
        logId: 'the-log',
      });
    });

    it('a ticket once', async () => {
      const ticket = under.ticket();
      await enterLive(under.url, ticket);
      const second = await connect();
      second.send({ type: 'authenticate', ticket });
      expect(await second.next('error')).to.include({ code: 'unauthenticated' });
      expect(await second.closed).to.deep.equal({ code: 4401, reason: 'the ticket was used or is too old, ask for another' });
    });

    it('nobody with an invented ticket', async () => {
      const client = await connect();
      client.send({ type: 'authenticate', ticket: 'invented' });
      expect(await client.closed).to.include({ code: 4401 });
    });

    it('nobody who subscribes first', async () => {
      const client = await connect();
      client.send(board);
      expect(await client.closed).to.deep.equal({ code: 4401, reason: 'authenticate with a ticket first' });
      expect(memory.snapshotsRead()).to.equal(0);
    });

    it('nobody who is silent for 5 seconds', async () => {
      const client = await connect();
      under.turn(4999);
      expect(under.live.connections()).to.equal(1);
      under.turn(1);
      expect(await client.next('error')).to.include({ code: 'unauthenticated' });
      expect(await client.closed).to.include({ code: 4401 });
    });

    it('whoever was quick also after these 5 seconds', async () => {
      const client = await enter();
      under.turn(6000);
      client.send(board);
      await client.next('snapshot');
    });

    it('commands that come in one go, in their order', async () => {
      const client = await connect();
      client.send({ type: 'authenticate', ticket: under.ticket() });
      client.send(board);
      client.send({ type: 'unsubscribe', id: 'board' });
      client.send(board);
      await client.next('welcome');
      await client.next('snapshot');
      expect(client.frames.filter(({ type }) => type === 'error')).to.deep.equal([]);
    });

    it('nobody while tickets cannot be checked, and asks to try again', async () => {
      const away = await liveUnderTest(memory.feed, {
        tickets: { redeem: () => Promise.reject(new Error('away')) },
      });
      const client = await connectLive(away.url);
      client.send({ type: 'authenticate', ticket: 'any' });
      expect(await client.closed).to.include({ code: 1013 });
      await away.stop();
    });
  });

  describe('accepts connections', () => {
    it('of its own pages, of listed origins and of programs', async () => {
      await connect({ origin: under.url });
      await connect({ origin: 'https://kitchen.example' });
      await connect();
      expect(under.live.connections()).to.equal(3);
    });

    it('of no other page', async () => {
      const client = await connect({ origin: 'https://evil.example' });
      client.send({ type: 'authenticate', ticket: under.ticket() });
      client.send(board);
      expect(await client.closed).to.deep.equal({ code: 4403, reason: 'this origin is not allowed' });
      expect(client.frames).to.deep.equal([]);
    });

    it('up to a number, and again when one has left', async () => {
      const small = await liveUnderTest(memory.feed, { limits: { connections: 2 } });
      const first = await connectLive(small.url);
      await connectLive(small.url);
      expect(await connectLive(small.url).catch(String)).to.equal('Error: refused with 503');
      await first.leave();
      await until(() => small.live.connections() === 1);
      await connectLive(small.url);
      await small.stop();
    });

    it('up to a number from one address', async () => {
      const small = await liveUnderTest(memory.feed, { limits: { connectionsPerAddress: 1 } });
      const first = await connectLive(small.url);
      expect(await connectLive(small.url).catch(String)).to.equal('Error: refused with 429');
      await first.leave();
      await until(() => small.live.connections() === 0);
      await connectLive(small.url);
      await small.stop();
    });

    it('at its path alone', async () => {
      const asked = get(`${under.url}/api/v1/other`, { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect(response.statusCode).to.equal(404);
      expect(response.headers['content-type']).to.equal('application/problem+json');
      expect(JSON.parse(await text(response))).to.include({ status: 404, code: 'not-found' });
      expect(under.live.connections()).to.equal(0);
    });
  });

  describe('refuses', () => {
    for (const [what, message] of [
      ['what is no JSON', 'hello'],
      ['an unknown message', '{"type":"shout"}'],
      ['a subscription without a topic', '{"type":"subscribe","id":"board"}'],
      ['to authenticate twice', '{"type":"authenticate","ticket":"another"}'],
    ] as const) {
      it(`${what} with 4400`, async () => {
        const client = await enter();
        client.sendText(message);
        expect(await client.next('error')).to.include({ code: 'bad-message' });
        expect(await client.closed).to.include({ code: 4400 });
      });
    }

    it('binary messages', async () => {
      const client = await enter();
      client.socket.send(Buffer.from(JSON.stringify(board)), { binary: true });
      expect(await client.closed).to.include({ code: 4400 });
    });

    it('messages over 16 kB', async () => {
      const client = await enter();
      client.sendText(' '.repeat(16 * 1024 + 1));
      expect(await client.closed).to.include({ code: 1009 });
    });

    it('a flood of messages, and not a steady stream of them', async () => {
      const client = await enter();
      for (let n = 0; n < 40; n++) client.send({ type: 'unsubscribe', id: `none-${n}` });
      await client.next('error', ({ id }) => id === 'none-39');
      under.turn(2000);
      for (let n = 40; n < 68; n++) client.send({ type: 'unsubscribe', id: `none-${n}` });
      await client.next('error', ({ id }) => id === 'none-67');
      for (let n = 0; n < 3; n++) client.send({ type: 'unsubscribe', id: 'flood' });
      expect(await client.next('error', ({ code }) => code === 'too-many-messages')).to.have.property('detail');
      expect(await client.closed).to.include({ code: 4400 });
    });

    it('a topic that the role may not see, saying which', async () => {
      const client = await enter({ ...cook, roles: ['cashier'] });
      client.send({ ...board, id: 'peek' });
      expect(await client.next('error')).to.include({ code: 'forbidden', id: 'peek' });
      expect(await client.closed).to.include({ code: 4403 });
      expect(memory.snapshotsRead()).to.equal(0);
    });

    it('another location', async () => {
      const client = await enter();
      client.send({ ...board, locationId: elsewhere });
      expect(await client.next('error')).to.include({ code: 'forbidden', id: 'board' });
      expect(await client.closed).to.include({ code: 4403 });
    });

    it('a second subscription of the same name, keeping the first', async () => {
      const client = await enter();
      client.send(board);
      await client.next('snapshot');
      client.send({ ...board, station: cold });
      expect(await client.next('error')).to.include({ code: 'subscription-exists', id: 'board' });
      commit(ticketRow('t1'), ticketRow('t2', 'fired', cold));
      expect(await client.next('changes')).to.have.nested.property('changes[0].key', 't1');
    });

    it('more subscriptions than a screen needs', async () => {
      const client = await enter();
      for (let n = 0; n < 33; n++) client.send({ ...board, id: `board-${n}` });
      expect(await client.next('error')).to.include({ code: 'too-many-subscriptions', id: 'board-32' });
    });

    it('to unsubscribe what was never subscribed', async () => {
      const client = await enter();
      client.send({ type: 'unsubscribe', id: 'board' });
      expect(await client.next('error')).to.include({ code: 'subscription-unknown', id: 'board' });
    });
  });

  describe('streams', () => {
    it('a snapshot, then changes in order with their positions', async () => {
      commit(ticketRow('t1'), ticketRow('t2', 'bumped'), ticketRow('t3', 'fired', cold));
      const client = await enter();
      client.send(board);
      expect(await client.next('snapshot')).to.deep.equal({ type: 'snapshot', id: 'board', position: 1, rows: [ticketRow('t1').row] });
      commit(ticketRow('t4'));
      expect(await client.next('changes')).to.deep.equal({
        type: 'changes',
        id: 'board',
        position: 2,
        changes: [{ key: 't4', row: ticketRow('t4').row }],
      });
      commit(ticketRow('t1', 'bumped'));
      expect(await client.next('changes')).to.deep.equal({
        type: 'changes',
        id: 'board',
        position: 3,
        changes: [{ key: 't1', row: null }],
      });
    });

    it('each topic what belongs on it', async () => {
      const client = await enter(owner);
      const table = (tableId: string, locationId: string) => ({
        projection: 'table_map',
        key: tableId,
        row: { tableId, locationId, state: 'seated' },
      });
      const alert = (alertId: string, acknowledgedAt: string | null) => ({
        projection: 'alerts',
        key: alertId,
        row: { alertId, locationId: here, acknowledgedAt },
      });
      const count = (locationId: string) => ({ projection: 'all_day', key: `${locationId}/${grill}/soup`, row: null });
      for (const topic of ['expo', 'all-day', 'tables', 'alerts'] as const)
        client.send({ type: 'subscribe', id: topic, topic, locationId: here });
      await client.next('snapshot', ({ id }) => id === 'alerts');
      commit(
        ticketRow('t1'),
        ticketRow('t2', 'fired', cold),
        ticketRow('t3', 'bumped'),
        ticketRow('t4', 'fired', grill, elsewhere),
        table('1', here),
        table('2', elsewhere),
        alert('a1', null),
        alert('a2', '2026-02-03T18:00:00.000Z'),
        count(here),
        count(elsewhere),
      );
      await client.next('changes', ({ id }) => id === 'alerts');
      const changed = client.frames
        .filter((frame) => frame.type === 'changes')
        .map(({ id, changes }) => [id, changes.map(({ key, row }) => (row === null ? `${key} gone` : key))]);
      expect(Object.fromEntries(changed)).to.deep.equal({
        expo: ['t1', 't2', 't3 gone'],
        'all-day': [`${here}/${grill}/soup gone`],
        tables: ['1'],
        alerts: ['a1', 'a2 gone'],
      });
    });

    it('what was missed to whoever comes back with a position, and nothing twice', async () => {
      const first = await enter();
      first.send(board);
      await first.next('snapshot');
      commit(ticketRow('t1'));
      await first.next('changes');
      const before = shownBy(first.frames, 'board', 'ticketId');
      first.vanish();
      commit(ticketRow('t2'));
      commit(ticketRow('t1', 'bumped'));
      const again = await enter();
      again.send({ ...board, after: before.position });
      expect(await again.next('resumed')).to.deep.equal({ type: 'resumed', id: 'board', position: before.position });
      await again.next('changes', ({ position }) => position === 3);
      commit(ticketRow('t3'));
      await again.next('changes');
      expect([...shownBy(again.frames, 'board', 'ticketId', before.rows).rows.keys()]).to.deep.equal(['t2', 't3']);
      expect(again.frames.filter(({ type }) => type === 'changes')).to.have.length(2);
    });

    it('nothing after unsubscribing, and all again after subscribing anew', async () => {
      const client = await enter();
      client.send(board);
      await client.next('snapshot');
      client.send({ type: 'unsubscribe', id: 'board' });
      client.send({ ...board, id: 'mark', station: cold });
      await client.next('snapshot');
      commit(ticketRow('t1'), ticketRow('t2', 'fired', cold));
      expect(await client.next('changes')).to.include({ id: 'mark' });
      client.send(board);
      expect(await client.next('snapshot')).to.deep.include({ id: 'board', rows: [ticketRow('t1').row] });
      expect(client.frames.filter((frame) => frame.type === 'changes' && frame.id === 'board')).to.deep.equal([]);
    });

    it('until the read models cannot be read for a new subscription: then it asks to try again', async () => {
      const client = await enter();
      memory.breakWith(new Error('the database is away'));
      client.send(board);
      expect(await client.next('error')).to.include({ code: 'unavailable' });
      expect(await client.closed).to.include({ code: 1013 });
    });
  });

  describe('asks again, a few times a second, who is there', () => {
    const watching = async (): Promise<LiveClient> => {
      const client = await enter();
      client.send(board);
      await client.next('snapshot');
      return client;
    };
    const recheck = (): void => under.turn(250);

    it('and ends the connection of who may no longer come in', async () => {
      const client = await watching();
      standing = async () => null;
      recheck();
      expect(await client.next('error')).to.include({ code: 'unauthenticated' });
      expect(await client.closed).to.include({ code: 4401 });
    });

    it('and of who may no longer see what he watches, saying which', async () => {
      const client = await watching();
      standing = async (principal) => ({ ...principal, roles: ['host'] });
      recheck();
      expect(await client.next('error')).to.include({ code: 'forbidden', id: 'board' });
      expect(await client.closed).to.include({ code: 4403 });
    });

    it('and lets him see from then on only what he may now', async () => {
      const client = await watching();
      const changed = { ...cook, roles: ['cook'] };
      standing = async () => changed;
      recheck();
      await new Promise((turn) => setImmediate(turn));
      client.send({ type: 'subscribe', id: 'tables', topic: 'tables', locationId: here });
      expect(await client.closed).to.include({ code: 4403 });
    });

    it('and keeps everyone while that cannot be asked', async () => {
      const client = await watching();
      standing = () => Promise.reject(new Error('the database is away'));
      recheck();
      commit(ticketRow('t1'));
      await client.next('changes');
    });
  });

  describe('beats', () => {
    it('with the log’s and the read models’ positions every few seconds', async () => {
      const client = await enter();
      commit(ticketRow('t1'));
      under.turn(4999);
      under.turn(1);
      expect(await client.next('heartbeat')).to.deep.equal({
        type: 'heartbeat',
        serverTime: '2026-02-03T18:00:05.000Z',
        logPosition: 2,
        projectionPosition: 1,
      });
    });

    it('not while the log cannot be read, and says so', async () => {
      const client = await enter();
      memory.breakWith(new Error('the database is away'));
      under.turn(5000);
      expect(await client.next('error')).to.include({ code: 'feed-unavailable' });
      memory.breakWith(null);
      under.turn(5000);
      await client.next('heartbeat');
    });

    it('for no stranger', async () => {
      const stranger = await connect();
      const client = await enter();
      under.turn(4000);
      const late = await connect();
      under.turn(1000);
      await client.next('heartbeat');
      late.send({ type: 'authenticate', ticket: under.ticket() });
      await late.next('welcome');
      expect(late.frames.map(({ type }) => type)).to.deep.equal(['welcome']);
      expect((await stranger.closed).code).to.equal(4401);
    });

    it('and cuts who leaves two pings unanswered, but not who answers', async () => {
      const dead = await enterLive(under.url, under.ticket(), { autoPong: false });
      const alive = await enter();
      for (let beats = 0; beats < 2; beats++) {
        under.turn(5000);
        await alive.next('heartbeat');
        await dead.next('heartbeat');
        alive.send({ type: 'unsubscribe', id: 'nothing' });
        await alive.next('error');
      }
      expect(under.live.connections()).to.equal(2);
      under.turn(5000);
      expect(await dead.closed).to.include({ code: 1006 });
      await alive.next('heartbeat');
      expect(under.live.connections()).to.equal(1);
      expect(under.closes).to.deep.equal([1006]);
    });
  });

  describe('goes away', () => {
    it('telling everyone with 1001, and lets nobody in meanwhile', async () => {
      const displays = [await enter(), await enter(), await connect()];
      const gone = under.live.close();
      expect(await connectLive(under.url).catch(String)).to.equal('Error: refused with 503');
      for (const { closed } of displays) expect(await closed).to.deep.equal({ code: 1001, reason: 'going away, connect again' });
      await gone;
      expect(under.live.connections()).to.equal(0);
      expect(under.closes).to.deep.equal([1001, 1001, 1001]);
    });

    it('without waiting for ever for who does not answer', async () => {
      const client = await enter();
      client.socket.pause();
      const gone = under.live.close();
      under.turn(5000);
      await gone;
      expect(under.live.connections()).to.equal(0);
    });
  });
});
