import { timingOf, type Timing } from './timing.ts';

export type Paced = Timing & { readonly perSecond: number };

/** Each writer begins its next piece of work when it has done the last. */
export const closedLoop = async (
  writers: number,
  seconds: number,
  work: (writer: number, nth: number) => Promise<void>,
): Promise<Paced> => {
  const times: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let nth = 0; performance.now() < end; nth++) {
        const before = performance.now();
        await work(writer, nth);
        times.push(performance.now() - before);
      }
    }),
  );
  return { perSecond: Math.round((times.length * 1000) / (performance.now() - started)), ...timingOf(times) };
};
