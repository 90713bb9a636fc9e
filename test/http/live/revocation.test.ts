import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect } from 'chai';
import type { Principal } from '../../../src/http/ports.ts';
import { keepFresh } from '../../../src/infra/identity/keep-fresh.ts';
import { quiet } from '../../support/identity.ts';
import { enterLive } from '../../support/live-client.ts';
import { liveUnderTest, type UnderTest } from './live-under-test.ts';
import { memoryFeed } from './memory-feed.ts';

const STEP_MS = 10;
/** What is left of the promised second is for the database to answer in. */
const MOST_MS = 700;

describe('A right that is taken away', () => {
  let under: UnderTest;
  let stopRefreshing: () => Promise<void>;
  /** As it stands in the database, and as this process knows. */
  let [stands, known] = [true, true];
  let refreshes = 0;
  let refused = 0;

  before(async () => {
    const standing = async (principal: Principal): Promise<Principal | null> => {
      if (!known) refused += 1;
      return known ? principal : null;
    };
    under = await liveUnderTest(memoryFeed().feed, { standing });
    const refresh = async (): Promise<void> => {
      refreshes += 1;
      known = stands;
    };
    stopRefreshing = keepFresh(refresh, quiet, { after: under.timers.after });
  });
  after(async () => {
    await stopRefreshing();
    await under.stop();
  });

  /** How much time has to pass until it has happened. */
  const until = async (happened: () => boolean): Promise<number> => {
    let passed = 0;
    for (; passed <= MOST_MS && !happened(); passed += STEP_MS) {
      under.turn(STEP_MS);
      await turnOfTheLoop();
    }
    return passed;
  };

  it('is gone from requests and open streams within a second, by the intervals at which both are looked at', async () => {
    const client = await enterLive(under.url, under.ticket());
    const before = refreshes;
    await until(() => refreshes > before);
    // The worst moment: it has just been looked.
    stands = false;
    const forRequests = await until(() => !known);
    const forStreams = forRequests + (await until(() => refused > 0));
    expect(forRequests).to.equal(400);
    expect(forStreams).to.be.within(400, MOST_MS);
    expect(await client.closed).to.have.property('code', 4401);
  });
});
