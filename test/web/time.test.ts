import { expect } from 'chai';
import { clockTime, elapsed, secondsSince } from '../../web/shared/time.ts';
import { level } from '../../web/kds/timer.ts';

describe('Ticket timers', () => {
  const thresholds = { warnSeconds: 300, lateSeconds: 600 };

  it('count up in minutes, and in hours where it takes that long', () => {
    expect([0, 7.9, 60, 247, 3599, 3600, 3847].map(elapsed)).to.deep.equal(['0:00', '0:07', '1:00', '4:07', '59:59', '1:00:00', '1:04:07']);
  });
  it('never show less than nothing, though clocks differ', () => expect(elapsed(-3)).to.equal('0:00'));
  it('count from when the ticket was fired', () => {
    expect(secondsSince('2026-01-31T18:00:00.000Z', Date.parse('2026-01-31T18:04:07.500Z'))).to.equal(247.5);
  });
  it('turn amber at the first threshold and red at the second', () => {
    expect([0, 299.9, 300, 599.9, 600].map((seconds) => level(seconds, thresholds))).to.deep.equal([
      'fresh',
      'fresh',
      'warn',
      'warn',
      'late',
    ]);
  });
  it('name moments on the restaurant’s clock, not the device’s', () => {
    const at = Date.parse('2026-01-31T23:32:10.000Z');
    expect([clockTime(at, 'Europe/Paris'), clockTime(at, 'America/New_York', false)]).to.deep.equal(['00:32:10', '18:32']);
  });
});
