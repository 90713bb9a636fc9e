import { expect } from 'chai';
import { lagClock, type LagClock } from '../../../src/infra/telemetry/lag-clock.ts';

const LOOK_EVERY_MS = 1_000;

describe('The clock of the read models’ lag', () => {
  let now: number;
  let clock: LagClock;
  beforeEach(() => {
    now = 0;
    clock = lagClock(() => now, LOOK_EVERY_MS);
  });
  const look = (head: number, position: number): number => {
    now += LOOK_EVERY_MS;
    clock.seen(head, position);
    return clock.seconds();
  };

  it('stands at nothing while nothing is missing, or only what came since the last look', () => {
    expect([look(5, 5), look(5, 5), look(9, 5), look(12, 9)]).to.deep.equal([0, 0, 0, 0]);
  });

  it('counts from when the oldest thing missing was first seen', () => {
    expect([look(5, 5), look(9, 5), look(12, 5), look(12, 5)]).to.deep.equal([0, 0, 1, 2]);
    expect([look(12, 10), look(12, 12)]).to.deep.equal([2, 0]);
  });

  it('goes on while nobody can look', () => {
    look(5, 5);
    now += 2 * LOOK_EVERY_MS;
    expect(clock.seconds()).to.equal(0);
    now += 500;
    expect(clock.seconds()).to.equal(2.5);
    expect(look(5, 5)).to.equal(0);
  });

  it('forgets nothing old where it stands still for long', () => {
    for (let head = 1; head <= 10_000; head++) look(head, 0);
    expect(clock.seconds()).to.equal(9_999);
  });
});
