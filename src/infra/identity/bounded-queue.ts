/** Too many are waiting already: ask again later. */
export class QueueFull extends Error {
  constructor() {
    super('The queue is full');
    this.name = 'QueueFull';
  }
}

export type BoundedQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs up to `concurrency` tasks at once and lets up to `waiting` more wait their turn; past that it throws `QueueFull`. */
export const boundedQueue = (concurrency: number, waiting: number): BoundedQueue => {
  const line: (() => void)[] = [];
  let running = 0;

  const turn = async (): Promise<void> => {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (line.length >= waiting) throw new QueueFull();
    await new Promise<void>((resolve) => line.push(resolve));
  };

  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return async (task) => {
    await turn();
    try {
      return await task();
    } finally {
      leave();
    }
  };
};
