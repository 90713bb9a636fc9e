import { impossible, type DataOf, type Decider, type Message } from './decider.ts';
import type { LocationId, ShiftId, UserId } from './ids.ts';
import { Rejection } from './rejection.ts';

/** `at` is an ISO 8601 instant in UTC. */
type At = { readonly shiftId: ShiftId; readonly at: string };
type ClockIn = At & { readonly locationId: LocationId; readonly userId: UserId; readonly name: string };

export type ShiftCommand = Message<'ClockIn', ClockIn> | Message<'StartBreak', At> | Message<'EndBreak', At> | Message<'ClockOut', At>;

/** Worked and break seconds add up to the time from clock-in to clock-out, in whole seconds. */
export type ShiftEvent =
  | Message<'ShiftClockedIn', ClockIn>
  | Message<'ShiftBreakStarted', At>
  | Message<'ShiftBreakEnded', At>
  | Message<'ShiftClockedOut', At & { readonly workedSeconds: number; readonly breakSeconds: number }>;

type ClockedInShift = {
  readonly status: 'working' | 'on-break' | 'ended';
  readonly locationId: LocationId;
  readonly userId: UserId;
  readonly clockedInAt: string;
  /** When it last changed. */
  readonly lastAt: string;
  readonly hadBreak: boolean;
  /** Of the breaks that ended. */
  readonly breakMilliseconds: number;
};

export type Shift = { readonly status: 'unknown' } | ClockedInShift;

const evolve = (shift: Shift, event: ShiftEvent): Shift => {
  if (event.type === 'ShiftClockedIn') return clockedIn(event.data);
  if (shift.status === 'unknown') return shift;
  const lastAt = event.data.at;
  switch (event.type) {
    case 'ShiftBreakStarted':
      return { ...shift, lastAt, status: 'on-break', hadBreak: true };
    case 'ShiftBreakEnded':
      return { ...shift, lastAt, status: 'working', breakMilliseconds: breakMillisecondsBy(shift, lastAt) };
    case 'ShiftClockedOut':
      return { ...shift, lastAt, status: 'ended' };
    default:
      return impossible(event);
  }
};

const clockedIn = ({ locationId, userId, at }: ClockIn): ClockedInShift => ({
  status: 'working',
  locationId,
  userId,
  clockedInAt: at,
  lastAt: at,
  hadBreak: false,
  breakMilliseconds: 0,
});

const decide = (shift: Shift, command: ShiftCommand): readonly ShiftEvent[] => {
  switch (command.type) {
    case 'ClockIn':
      return clockIn(shift, command.data);
    case 'StartBreak':
      return startBreak(shift, command.data);
    case 'EndBreak':
      return endBreak(shift, command.data);
    case 'ClockOut':
      return clockOut(shift, command.data);
    default:
      return impossible(command);
  }
};

export const shiftDecider: Decider<Shift, ShiftCommand, ShiftEvent> = { initial: { status: 'unknown' }, evolve, decide };

type Rule<Type extends ShiftCommand['type']> = (shift: Shift, data: DataOf<ShiftCommand, Type>) => readonly ShiftEvent[];

const clockIn: Rule<'ClockIn'> = (shift, data) => {
  if (shift.status === 'unknown') {
    requireInstant(data.at);
    return [{ type: 'ShiftClockedIn', data }];
  }
  if (shift.userId !== data.userId) throw new Rejection('shift-exists', "This is another person's shift: clock in with an id of your own.");
  if (shift.status === 'ended' && shift.clockedInAt !== data.at) throw ended();
  return [];
};

const startBreak: Rule<'StartBreak'> = (shift, data) => {
  const running = requireRunning(shift);
  if (running.status === 'on-break') return [];
  requireInOrder(running, data.at);
  return [{ type: 'ShiftBreakStarted', data }];
};

const endBreak: Rule<'EndBreak'> = (shift, data) => {
  const running = requireRunning(shift);
  if (!running.hadBreak) throw new Rejection('break-not-started', 'No break was started on this shift: there is none to end.');
  if (running.status === 'working') return [];
  requireInOrder(running, data.at);
  return [{ type: 'ShiftBreakEnded', data }];
};

/** An open break ends with the shift. */
const clockOut: Rule<'ClockOut'> = (shift, { shiftId, at }) => {
  if (shift.status === 'ended') return [];
  const running = requireRunning(shift);
  requireInOrder(running, at);
  const breakSeconds = Math.floor(breakMillisecondsBy(running, at) / 1000);
  const workedSeconds = Math.floor(millisecondsBetween(running.clockedInAt, at) / 1000) - breakSeconds;
  const clockedOut: ShiftEvent = { type: 'ShiftClockedOut', data: { shiftId, at, workedSeconds, breakSeconds } };
  return running.status === 'on-break' ? [{ type: 'ShiftBreakEnded', data: { shiftId, at } }, clockedOut] : [clockedOut];
};

const breakMillisecondsBy = (shift: ClockedInShift, at: string): number =>
  shift.breakMilliseconds + (shift.status === 'on-break' ? millisecondsBetween(shift.lastAt, at) : 0);

const millisecondsBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

const requireRunning = (shift: Shift): ClockedInShift => {
  if (shift.status === 'unknown') throw new Rejection('shift-unknown', 'There is no such shift: clock in first.');
  if (shift.status === 'ended') throw ended();
  return shift;
};

const ended = (): Rejection => new Rejection('shift-ended', 'The shift has ended: clock in to a new one.');

const requireInOrder = (shift: ClockedInShift, at: string): void => {
  requireInstant(at);
  if (millisecondsBetween(shift.lastAt, at) < 0)
    throw new Rejection('time-before-last', `The shift's last entry is of ${shift.lastAt}: give a time after it.`);
};

const requireInstant = (at: string): void => {
  if (Number.isNaN(Date.parse(at)))
    throw new Rejection('time-invalid', 'Give the time as ISO 8601 in UTC, as in 2025-03-14T21:00:00.000Z.');
};
