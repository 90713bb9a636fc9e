import { expect } from 'chai';
import { enterLive, type LiveClient } from '../../support/live-client.ts';
import { grill, here, liveUnderTest, type UnderTest } from './live-under-test.ts';
import { memoryFeed, type MemoryFeed } from './memory-feed.ts';

const board = { type: 'subscribe', id: 'board', topic: 'kitchen', locationId: here, station: grill } as const;
const LIMIT = 200_000;
const ROW_BYTES = 100_000;
/** More than the kernel's buffers on both sides can ever hold. */
const ENOUGH = 400;

describe('A display that does not read', () => {
  let memory: MemoryFeed;
  let under: UnderTest;
  let stalled: LiveClient;
  let reading: LiveClient;

  beforeEach(async () => {
    memory = memoryFeed();
    under = await liveUnderTest(memory.feed, { maxBufferedBytes: LIMIT });
    stalled = await enterLive(under.url, under.ticket());
    reading = await enterLive(under.url, under.ticket());
    for (const client of [stalled, reading]) {
      client.send(board);
      await client.next('snapshot');
    }
  });
  afterEach(async () => {
    stalled.vanish();
    reading.vanish();
    await under.stop();
  });

  /** Each change reaches the reading display before the next is made. */
  const commitUntil = async (done: () => boolean): Promise<number> => {
    for (let n = 1; n <= ENOUGH; n++) {
      if (done()) return n - 1;
      const row = { ticketId: 't', locationId: here, stationId: grill, status: 'fired', note: String(n).padEnd(ROW_BYTES, '.') };
      const position = memory.write([{ projection: 'kitchen_board', key: 't', row }]);
      memory.hint();
      await reading.next('changes', (frame) => frame.position === position);
    }
    return ENOUGH;
  };

  const stalledIsCut = (): boolean => under.tooSlow() > 0;

  it('is cut off and told why, while the others go on', async () => {
    stalled.socket.pause();
    const sent = await commitUntil(stalledIsCut);
    expect(sent).to.be.lessThan(ENOUGH);
    stalled.socket.resume();
    expect(await stalled.closed).to.deep.equal({ code: 4408, reason: `reading too slowly: over ${LIMIT} bytes waiting` });
    expect(reading.frames.filter(({ type }) => type === 'changes')).to.have.length(sent);
    await commitUntil(() => reading.frames.length > sent + 5);
  });

  it('is cut without a word when it never reads again', async () => {
    stalled.socket.pause();
    await commitUntil(stalledIsCut);
    under.turn(5000);
    await commitUntil(() => under.live.connections() === 1);
    expect(under.closes).to.deep.equal([4408]);
  });
});
