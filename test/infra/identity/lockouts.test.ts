import { expect } from 'chai';
import { lockouts, type Subject } from '../../../src/infra/identity/lockouts.ts';
import { place, standingClock, type Place } from '../../support/identity.ts';

const lockout = { maxAttempts: 3, seconds: 60, longestSeconds: 200 };

describe('Lockouts', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  const account = (name: string): Subject => ({ kind: 'account', name, lockout });
  const address = (name: string): Subject => ({ kind: 'address', name, lockout: { ...lockout, maxAttempts: 5 } });
  const failing = (subjects: readonly Subject[]) => {
    const clock = standingClock();
    const failures = lockouts(here.pool, clock);
    const fail = async (times: number) => {
      for (let n = 1; n < times; n++) await failures.count(subjects);
      return failures.count(subjects);
    };
    return { clock, failures, fail };
  };

  it('lock after so many failures, and tell which of them did it', async () => {
    const { failures, fail } = failing([account('a')]);
    expect(await fail(2)).to.deep.equal([]);
    expect(await failures.lockedFor([account('a')])).to.equal(null);
    expect(await fail(1)).to.deep.equal([{ kind: 'account', seconds: 60 }]);
    expect(await failures.lockedFor([account('a'), account('b')])).to.equal(60);
    expect(await failures.lockedFor([account('b')])).to.equal(null);
  });

  it('grow with each failure after a lock, up to the longest', async () => {
    const { clock, failures, fail } = failing([account('c')]);
    await fail(3);
    for (const longer of [120, 200, 200]) {
      clock.pass((await failures.lockedFor([account('c')])) ?? 0);
      expect(await failures.lockedFor([account('c')])).to.equal(null);
      expect(await fail(1)).to.deep.equal([{ kind: 'account', seconds: longer }]);
    }
  });

  it('are forgotten after a time without failures as long as the lock, or by a success', async () => {
    const { clock, failures, fail } = failing([account('d')]);
    await fail(3);
    clock.pass(120);
    expect(await fail(2)).to.deep.equal([]);
    await failures.forget([account('d')]);
    expect(await fail(2)).to.deep.equal([]);
  });

  it('count by address over all accounts', async () => {
    const { failures } = failing([]);
    for (const name of ['e', 'f', 'g', 'h']) expect(await failures.count([account(name), address('x')])).to.deep.equal([]);
    expect(await failures.count([account('i'), address('x')])).to.deep.equal([{ kind: 'address', seconds: 60 }]);
    expect(await failures.lockedFor([account('j'), address('x')])).to.equal(60);
    expect(await failures.lockedFor([account('e'), address('y')])).to.equal(null);
  });

  it('count each of many failures at once', async () => {
    const { failures } = failing([]);
    const locked = await Promise.all(Array.from({ length: 12 }, () => failures.count([account('k'), address('z')])));
    expect(locked.filter((kinds) => kinds.some(({ kind }) => kind === 'account'))).to.have.length(10);
    expect(locked.filter((kinds) => kinds.some(({ kind }) => kind === 'address'))).to.have.length(8);
  });

  it('keep nothing of what was typed', async () => {
    const { fail } = failing([account('a password typed into the wrong field')]);
    await fail(1);
    const { rows } = await here.pool.query<{ subject: Buffer }>('select subject from login_failures');
    for (const { subject } of rows) expect(subject).to.have.length(32);
  });
});
