/** What so many single times come to, in milliseconds. */
export type Timing = { readonly p50Ms: number; readonly p99Ms: number; readonly p999Ms: number; readonly maxMs: number };

export const timingOf = (times: readonly number[]): Timing => {
  const sorted = Float64Array.from(times).toSorted();
  const at = (share: number): number => {
    const nth = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1);
    return Number((sorted[Math.max(0, nth)] ?? Number.NaN).toFixed(2));
  };
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
};
