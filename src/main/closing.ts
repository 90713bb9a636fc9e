import type { Log } from '../http/ports.ts';

/** What was opened last is closed first. */
export type Closing = {
  readonly add: (name: string, close: () => Promise<unknown> | void) => void;
  readonly closeAll: () => Promise<void>;
};

const PATIENCE_MS = 15_000;

const within = async (ms: number, work: Promise<unknown> | void): Promise<'done' | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([Promise.resolve(work).then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** One failure, or one that takes too long, keeps nothing else open. */
export const closingStack = (log: Log): Closing => {
  const stack: { readonly name: string; readonly close: () => Promise<unknown> | void }[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    closeAll: async () => {
      for (let last = stack.pop(); last !== undefined; last = stack.pop()) {
        const { name, close } = last;
        try {
          if ((await within(PATIENCE_MS, close())) === 'late') log.warn({ name }, 'Closing takes too long; going on');
          else log.debug({ name }, 'Closed');
        } catch (error) {
          log.error({ err: error, name }, 'Closing failed; going on');
        }
      }
    },
  };
};
