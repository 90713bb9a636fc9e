/**
 * The business day (`YYYY-MM-DD`) an instant belongs to: what happens before `dayStartsAt` (`HH:MM`) on a
 * location's clock belongs to the day before. The clock on the wall decides, also on days that skip or repeat an hour.
 */
export const businessDay = (at: string, timeZone: string, dayStartsAt: string): string => {
  const { day, time } = wallClock(at, timeZone);
  return time < dayStartsAt ? dayBefore(day) : day;
};

/** Whether it is an IANA name; offsets (`+02:00`), which know no summer, are none. */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    clockOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

export const isTimeOfDay = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

const wallClock = (at: string, timeZone: string): { readonly day: string; readonly time: string } => {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  const [year, month, day, hour, minute] = (['year', 'month', 'day', 'hour', 'minute'] as const).map((part) => parts.get(part));
  return { day: `${year}-${month}-${day}`, time: `${hour}:${minute}` };
};

const DAY_MS = 86_400_000;
const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Kept, since making one is far dearer than using it. */
const clockOf = (timeZone: string): Intl.DateTimeFormat => {
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', face(timeZone));
  clocks.set(timeZone, clock);
  return clock;
};

const face = (timeZone: string): Intl.DateTimeFormatOptions => ({
  timeZone,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});
