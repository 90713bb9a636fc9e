import type { ShiftCommand, ShiftEvent } from '../../src/domain/shift.ts';
import { canonicalEvents, shiftId } from './canonical-events.ts';

/** Five in the afternoon to five past eleven, with a break of twenty minutes. */
export const clockedIn = canonicalEvents.ShiftClockedIn;
export const breakStarted = canonicalEvents.ShiftBreakStarted;
export const breakEnded = canonicalEvents.ShiftBreakEnded;
export const clockedOut = canonicalEvents.ShiftClockedOut;

export const clockIn: ShiftCommand = { type: 'ClockIn', data: clockedIn.data };
export const startBreak = (at = breakStarted.data.at): ShiftCommand => ({ type: 'StartBreak', data: { shiftId, at } });
export const endBreak = (at = breakEnded.data.at): ShiftCommand => ({ type: 'EndBreak', data: { shiftId, at } });
export const clockOut = (at = clockedOut.data.at): ShiftCommand => ({ type: 'ClockOut', data: { shiftId, at } });

export const clockedOutAfter = (workedSeconds: number, breakSeconds: number, at = clockedOut.data.at): ShiftEvent => ({
  type: 'ShiftClockedOut',
  data: { shiftId, at, workedSeconds, breakSeconds },
});
