import type { Message } from './decider.ts';
import type { LocationId, ShiftId, UserId } from './ids.ts';

/** `at` is an ISO 8601 instant in UTC. */
export type ShiftCommand =
  | Message<'ClockIn', { readonly shiftId: ShiftId; readonly locationId: LocationId; readonly userId: UserId; readonly name: string; readonly at: string }>
  | Message<'StartBreak', { readonly shiftId: ShiftId; readonly at: string }>
  | Message<'EndBreak', { readonly shiftId: ShiftId; readonly at: string }>
  | Message<'ClockOut', { readonly shiftId: ShiftId; readonly at: string }>;

export type ShiftEvent =
  | Message<'ShiftClockedIn', { readonly shiftId: ShiftId; readonly locationId: LocationId; readonly userId: UserId; readonly name: string; readonly at: string }>
  | Message<'ShiftBreakStarted', { readonly shiftId: ShiftId; readonly at: string }>
  | Message<'ShiftBreakEnded', { readonly shiftId: ShiftId; readonly at: string }>
  | Message<'ShiftClockedOut', { readonly shiftId: ShiftId; readonly at: string; readonly workedSeconds: number; readonly breakSeconds: number }>;
