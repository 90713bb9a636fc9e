/**
 * Asks once for what several want at the same time: what this turn of the event loop brings goes together, and so does what comes while
 * an ask is under way. Nobody's ask was sent before he came.
 */
export const together = <Item extends { readonly id: string }, Answer>(
  ask: (items: readonly Item[]) => Promise<Answer>,
): ((items: readonly Item[]) => Promise<Answer>) => {
  let waiting: { readonly items: Map<string, Item>; readonly answer: PromiseWithResolvers<Answer> } | null = null;
  let busy = false;

  const askAll = async (): Promise<void> => {
    while (waiting !== null) {
      const { items, answer } = waiting;
      waiting = null;
      await ask([...items.values()]).then(answer.resolve, answer.reject);
    }
    busy = false;
  };

  return (items) => {
    waiting ??= { items: new Map(), answer: Promise.withResolvers() };
    for (const item of items) waiting.items.set(item.id, item);
    const { promise } = waiting.answer;
    if (!busy) {
      busy = true;
      setImmediate(() => void askAll());
    }
    return promise;
  };
};
