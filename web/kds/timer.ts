export type Level = 'fresh' | 'warn' | 'late';
export type Thresholds = { readonly warnSeconds: number; readonly lateSeconds: number };

export const level = (seconds: number, { warnSeconds, lateSeconds }: Thresholds): Level => {
  if (seconds >= lateSeconds) return 'late';
  return seconds >= warnSeconds ? 'warn' : 'fresh';
};

/** For a ticket of a station that was defined after this page read the menu. */
export const COMMON_THRESHOLDS: Thresholds = { warnSeconds: 600, lateSeconds: 900 };
