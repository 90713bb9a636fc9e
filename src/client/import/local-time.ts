/** A wall clock's reading, without a time zone. */
export type LocalTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

const DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const TIME = /^(\d{1,2}):(\d{2}):(\d{2}) ?(AM|PM)$/i;

/** `31/03/2023`, day first; null where there is no such day. */
export const dayFirst = (text: string): Pick<LocalTime, 'year' | 'month' | 'day'> | null => {
  const [, day, month, year] = (DATE.exec(text.trim()) ?? []).map(Number);
  if (day === undefined || month === undefined || year === undefined) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day } : null;
};

/** `12:05:00 AM` is 00:05:00; null where there is no such time. */
export const twelveHour = (text: string): Pick<LocalTime, 'hour' | 'minute' | 'second'> | null => {
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hour < 1 || hour > 12 || minute > 59 || second > 59) return null;
  const afternoon = match[4]?.toUpperCase() === 'PM';
  return { hour: (hour % 12) + (afternoon ? 12 : 0), minute, second };
};

const formats = new Map<string, Intl.DateTimeFormat>();
const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
};

/** How far the zone's clocks are ahead of UTC at an instant, in ms. */
const offsetAt = (epochMs: number, timeZone: string): number => {
  const part = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'] ?? 1,
    part['hour'] ?? 0,
    part['minute'] ?? 0,
    part['second'] ?? 0,
  );
  return wall - epochMs;
};

/** The instant (epoch ms) a wall clock in the zone shows this; the earlier one when clocks were put back, the later side of a gap when put forward. */
export const instantOf = (local: LocalTime, timeZone: string): number => {
  const asUtc = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  const before = asUtc - offsetAt(asUtc - 86_400_000, timeZone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, timeZone);
  return before + offsetAt(before, timeZone) === asUtc ? before : after + offsetAt(after, timeZone) === asUtc ? after : before;
};
