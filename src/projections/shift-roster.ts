import { change, existing, projection } from './projection.ts';

export type ShiftRow = {
  readonly shiftId: string;
  readonly locationId: string;
  readonly userId: string;
  readonly name: string;
  readonly status: 'working' | 'on-break' | 'ended';
  readonly clockedInAt: string;
  /** Of the break under way. */
  readonly breakStartedAt: string | null;
  readonly clockedOutAt: string | null;
  /** Both known once clocked out. */
  readonly workedSeconds: number | null;
  readonly breakSeconds: number | null;
};

const instant = (text: string): string => new Date(text).toISOString();

export const shiftRoster = projection<ShiftRow>({
  name: 'shift_roster',
  version: 1,
  key: 'shiftId',
  columns: {
    shiftId: 'text',
    locationId: 'text',
    userId: 'text',
    name: 'text',
    status: 'text',
    clockedInAt: 'time',
    breakStartedAt: 'time?',
    clockedOutAt: 'time?',
    workedSeconds: 'integer?',
    breakSeconds: 'integer?',
  },
  indexes: [['locationId', 'clockedInAt']],
  live: false,
  shared: false,
  on: {
    ShiftClockedIn: ({ data: { shiftId, locationId, userId, name, at } }) => [
      change(shiftId, () => ({
        shiftId,
        locationId,
        userId,
        name,
        status: 'working',
        clockedInAt: instant(at),
        breakStartedAt: null,
        clockedOutAt: null,
        workedSeconds: null,
        breakSeconds: null,
      })),
    ],
    ShiftBreakStarted: ({ data }) => [
      existing(data.shiftId, (shift) => ({ ...shift, status: 'on-break', breakStartedAt: instant(data.at) })),
    ],
    ShiftBreakEnded: ({ data }) => [existing(data.shiftId, (shift) => ({ ...shift, status: 'working', breakStartedAt: null }))],
    ShiftClockedOut: ({ data: { shiftId, at, workedSeconds, breakSeconds } }) => [
      existing(shiftId, (shift) => ({
        ...shift,
        status: 'ended',
        breakStartedAt: null,
        clockedOutAt: instant(at),
        workedSeconds,
        breakSeconds,
      })),
    ],
  },
});
