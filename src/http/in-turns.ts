/**
 * Begins up to `most` works in one turn of the event loop, and the others in the turns after it, in their order: so what the first
 * have to wait for is under way while the last are begun. `nextTurn` runs a function in the next turn.
 */
export const inTurns = (most: number, nextTurn: (work: () => void) => unknown = setImmediate): ((work: () => void) => void) => {
  let waiting: (() => void)[] = [];
  let begun = 0;
  let isPlanned = false;

  const turn = (): void => {
    const now = waiting.slice(0, most);
    waiting = waiting.slice(most);
    begun = now.length;
    isPlanned = now.length > 0;
    if (isPlanned) nextTurn(turn);
    for (const work of now) work();
  };

  return (work) => {
    if (!isPlanned) {
      isPlanned = true;
      nextTurn(turn);
    }
    if (begun < most && waiting.length === 0) {
      begun++;
      work();
    } else {
      waiting.push(work);
    }
  };
};
