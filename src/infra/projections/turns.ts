/** Runs what it is given one after the other, in the order asked. */
export type InTurn = <T>(run: () => Promise<T>) => Promise<T>;

export const turns = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run);
    last = mine.catch(() => undefined);
    return mine;
  };
};
