import type { Log } from '../http/ports.ts';

/** What was opened last is closed first. */
export type Closing = {
  readonly add: (name: string, close: () => Promise<unknown> | void) => void;
  /** What is opened in it later is closed as if it had been opened now. */
  readonly section: () => Closing;
  readonly closeAll: () => Promise<void>;
};

type Part = { readonly name: string; readonly close: () => Promise<unknown> | void };

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
  const stack: (Part | Closing)[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    section: () => {
      const section = closingStack(log);
      stack.push(section);
      return section;
    },
    closeAll: async () => {
      for (let last = stack.pop(); last !== undefined; last = stack.pop()) {
        if ('closeAll' in last) {
          await last.closeAll();
          continue;
        }
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
