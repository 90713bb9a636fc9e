const pad = (value: number): string => String(value).padStart(2, '0');

/** `4:07`, from an hour on `1:04:07`. Never negative: clocks may differ a little. */
export const elapsed = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
};

export const secondsSince = (iso: string, now: number): number => (now - Date.parse(iso)) / 1000;

/** `18:32:10` on the restaurant's clock; without a known time zone, on the device's. */
export const clockTime = (at: number, timeZone?: string, seconds = true): string =>
  new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(at);
