import { expect } from 'chai';
import type { Principal } from '../../../src/http/ports.ts';
import { liveTickets } from '../../../src/infra/identity/live-tickets.ts';
import { place, standingClock, type Place } from '../../support/identity.ts';

const cook = { userId: 'u1', name: 'Ada Cook', roles: ['cook'], locationIds: ['l1'], terminalId: null, sessionId: 's1' };
const asHeWas = async (principal: Principal) => principal;

describe('Live tickets', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  it('lets its owner in', async () => {
    const tickets = liveTickets(here.pool, standingClock(), asHeWas);
    const { ticket, expiresInSeconds } = await tickets.issue(cook);
    expect(expiresInSeconds).to.equal(30);
    expect(await tickets.redeem(ticket)).to.deep.equal(cook);
  });

  it('lets one in, of many who try at once', async () => {
    const tickets = liveTickets(here.pool, standingClock(), asHeWas);
    const { ticket } = await tickets.issue(cook);
    const answers = await Promise.all(Array.from({ length: 20 }, () => tickets.redeem(ticket)));
    expect(answers.filter((answer) => answer !== null)).to.deep.equal([cook]);
  });

  it('ends after its seconds, and is swept away', async () => {
    const clock = standingClock();
    const tickets = liveTickets(here.pool, clock, asHeWas);
    const { ticket } = await tickets.issue(cook);
    clock.pass(30);
    expect(await tickets.redeem(ticket)).to.equal(null);
    await tickets.issue(cook);
    const { rowCount } = await here.pool.query('select from live_tickets');
    expect(rowCount).to.equal(1);
  });

  it('refuses whoever may no longer come in', async () => {
    const tickets = liveTickets(here.pool, standingClock(), async () => null);
    const { ticket } = await tickets.issue(cook);
    expect(await tickets.redeem(ticket)).to.equal(null);
  });

  it('refuses a ticket never given', async () => {
    const tickets = liveTickets(here.pool, standingClock(), asHeWas);
    for (const ticket of ['', 'x'.repeat(43), '\0']) expect(await tickets.redeem(ticket)).to.equal(null);
  });
});
