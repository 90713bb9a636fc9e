/** Asks again until it holds: for what follows an answer instead of preceding it. Each ask is a round trip, so no pause is needed. */
export const eventually = async <T>(ask: () => Promise<T>, holds: (answer: T) => boolean, asks = 3000): Promise<T> => {
  let answer = await ask();
  for (let asked = 1; !holds(answer); asked++) {
    if (asked === asks) throw new Error(`It did not come to hold: ${JSON.stringify(answer)}`);
    answer = await ask();
  }
  return answer;
};
