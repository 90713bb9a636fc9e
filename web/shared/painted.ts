/** Passes on no more than one value each time the screen is painted, the last: thousands of changes a second stay one. */
export const painted = <Value>(see: (value: Value) => void): { readonly offer: (value: Value) => void; readonly stop: () => void } => {
  let latest: { readonly value: Value } | null = null;
  let request = 0;
  const paint = (): void => {
    const seen = latest;
    latest = null;
    if (seen !== null) see(seen.value);
  };
  return {
    offer: (value) => {
      if (latest === null) request = requestAnimationFrame(paint);
      latest = { value };
    },
    stop: () => cancelAnimationFrame(request),
  };
};
