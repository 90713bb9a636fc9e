import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { shiftRoster, type ShiftRow } from '../../src/projections/shift-roster.ts';
import { locationId, serverId, shiftId } from '../support/canonical-events.ts';
import { breakEnded, breakStarted, clockedIn, clockedOut } from '../support/shift-facts.ts';
import { onlyRow, told } from './told.ts';

const after = (...events: readonly DomainEvent[]) => onlyRow(told(shiftRoster, clockedIn, ...events));

const working: ShiftRow = {
  shiftId,
  locationId,
  userId: serverId,
  name: 'Ana',
  status: 'working',
  clockedInAt: '2025-03-14T21:00:00.000Z',
  breakStartedAt: null,
  clockedOutAt: null,
  workedSeconds: null,
  breakSeconds: null,
};

describe('Shift roster', () => {
  it('shows who works', () => expect(after()).to.deep.equal(working));

  it('shows who is on a break', () => {
    expect(after(breakStarted)).to.deep.equal({ ...working, status: 'on-break', breakStartedAt: '2025-03-14T23:30:00.000Z' });
    expect(after(breakStarted, breakEnded)).to.deep.equal(working);
  });

  it('shows how long a shift was', () => {
    expect(after(breakStarted, breakEnded, clockedOut)).to.deep.equal({
      ...working,
      status: 'ended',
      clockedOutAt: '2025-03-15T03:05:00.000Z',
      workedSeconds: 20_700,
      breakSeconds: 1_200,
    });
  });

  it('writes every time the same way', () => {
    const abroad: DomainEvent = { type: 'ShiftClockedIn', data: { ...clockedIn.data, at: '2025-03-14T22:00:00+01:00' } };
    expect(onlyRow(told(shiftRoster, abroad))?.clockedInAt).to.equal('2025-03-14T21:00:00.000Z');
  });
});
