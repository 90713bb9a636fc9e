import { expect } from 'chai';
import fc from 'fast-check';
import { shiftDecider, type ShiftEvent } from '../../src/domain/shift.ts';
import { managerId } from '../support/canonical-events.ts';
import {
  breakEnded,
  breakStarted,
  clockedIn,
  clockedOut,
  clockedOutAfter,
  clockIn,
  clockOut,
  endBreak,
  startBreak,
} from '../support/shift-facts.ts';
import { play, spec } from '../support/spec.ts';

const { given } = spec(shiftDecider);
const earlier = '2025-03-14T20:59:59.999Z';
const later = '2025-03-15T09:00:00.000Z';

describe('Shift: clock in', () => {
  it('begins', () => given().when(clockIn).then(clockedIn));
  it('begins once', () => given(clockedIn).when(clockIn).nothing());
  it('stays quiet about a second tap', () =>
    given(clockedIn)
      .when({ type: 'ClockIn', data: { ...clockedIn.data, at: later } })
      .nothing());
  it('stays quiet about a retry after it ended', () => given(clockedIn, clockedOut).when(clockIn).nothing());
  it("refuses another person's shift", () =>
    given(clockedIn)
      .when({ type: 'ClockIn', data: { ...clockedIn.data, userId: managerId } })
      .rejects('shift-exists'));
  it('refuses to begin again what ended', () =>
    given(clockedIn, clockedOut)
      .when({ type: 'ClockIn', data: { ...clockedIn.data, at: later } })
      .rejects('shift-ended'));
  it('refuses what is no time', () =>
    given()
      .when({ type: 'ClockIn', data: { ...clockedIn.data, at: 'noon' } })
      .rejects('time-invalid'));
});

describe('Shift: start a break', () => {
  it('starts', () => given(clockedIn).when(startBreak()).then(breakStarted));
  it('starts once', () => given(clockedIn, breakStarted).when(startBreak(later)).nothing());
  it('refuses a time before the last entry', () => given(clockedIn).when(startBreak(earlier)).rejects('time-before-last'));
  it('refuses what is no time', () => given(clockedIn).when(startBreak('noon')).rejects('time-invalid'));
  it('refuses after the shift', () => given(clockedIn, clockedOut).when(startBreak(later)).rejects('shift-ended'));
  it('refuses where nobody clocked in', () => given().when(startBreak()).rejects('shift-unknown'));
});

describe('Shift: end a break', () => {
  it('ends', () => given(clockedIn, breakStarted).when(endBreak()).then(breakEnded));
  it('ends once', () => given(clockedIn, breakStarted, breakEnded).when(endBreak(later)).nothing());
  it('refuses where none was started', () => given(clockedIn).when(endBreak()).rejects('break-not-started'));
  it('refuses a time before it started', () =>
    given(clockedIn, breakStarted).when(endBreak(clockedIn.data.at)).rejects('time-before-last'));
  it('refuses after the shift', () => given(clockedIn, breakStarted, breakEnded, clockedOut).when(endBreak(later)).rejects('shift-ended'));
  it('refuses where nobody clocked in', () => given().when(endBreak()).rejects('shift-unknown'));
});

describe('Shift: clock out', () => {
  it('ends and counts breaks apart', () => given(clockedIn, breakStarted, breakEnded).when(clockOut()).then(clockedOut));
  it('counts a shift without a break', () => given(clockedIn).when(clockOut()).then(clockedOutAfter(21_900, 0)));
  it('ends an open break', () =>
    given(clockedIn, breakStarted)
      .when(clockOut(breakEnded.data.at))
      .then(breakEnded, clockedOutAfter(9_000, 1_200, breakEnded.data.at)));
  it('ends once', () => given(clockedIn, clockedOut).when(clockOut(later)).nothing());
  it('refuses a time before the last entry', () => given(clockedIn).when(clockOut(earlier)).rejects('time-before-last'));
  it('refuses where nobody clocked in', () => given().when(clockOut()).rejects('shift-unknown'));
});

describe('Shift: whatever is tapped', () => {
  const start = Date.parse(clockedIn.data.at);
  const taps = fc.array(fc.tuple(fc.constantFrom(startBreak, endBreak), fc.nat({ max: 7_200_000 })), { maxLength: 12, size: 'max' });
  const aShift = fc.tuple(taps, fc.nat({ max: 7_200_000 })).map(([moves, rest]) => {
    const times = moves.reduce((past, [, after]) => [...past, (past.at(-1) ?? start) + after], [] as readonly number[]);
    const end = (times.at(-1) ?? start) + rest;
    const commands = moves.map(([tap], index) => tap(new Date(times[index] ?? start).toISOString()));
    const events = play(shiftDecider, [clockIn, ...commands, clockOut(new Date(end).toISOString())]).flatMap((step) => step.events);
    return { seconds: Math.floor((end - start) / 1000), events };
  });

  it('adds worked and break seconds up to the time between clock-in and clock-out', () =>
    fc.assert(
      fc.property(aShift, ({ seconds, events }) => {
        const clockedOuts = events.filter((event) => event.type === 'ShiftClockedOut');
        expect(clockedOuts.map(({ data }) => data.workedSeconds + data.breakSeconds)).to.deep.equal([seconds]);
        expect(clockedOuts.map(({ data }) => data.breakSeconds)).to.deep.equal([Math.floor(onBreak(events) / 1000)]);
      }),
    ));

  const onBreak = (events: readonly ShiftEvent[]): number => {
    const ends = events.filter((event) => event.type === 'ShiftBreakEnded').map(({ data }) => Date.parse(data.at));
    const starts = events.filter((event) => event.type === 'ShiftBreakStarted').map(({ data }) => Date.parse(data.at));
    return ends.reduce((total, end, index) => total + end - (starts[index] ?? end), 0);
  };
});
