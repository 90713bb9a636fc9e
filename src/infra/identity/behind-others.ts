import { readlinkSync } from 'node:fs';
import { constants, getPriority, platform, setPriority } from 'node:os';

/** A tenth of what the others get, where all want to run. */
const BEHIND = 10;
const LOWEST = constants.priority.PRIORITY_LOW;

/**
 * Lets this thread run where the others leave something: Linux knows priorities of threads, elsewhere nothing is done.
 * Not the lowest there is: on a busy machine somebody still gets in.
 */
export const behindOthers = (): void => {
  if (platform() !== 'linux') return;
  try {
    // As `1234/task/1240`.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(LOWEST, getPriority(thread) + BEHIND));
  } catch {
    // Where neither /proc nor priorities are to be had, people log in all the same.
  }
};
