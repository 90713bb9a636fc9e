import { readlinkSync } from 'node:fs';
import { constants, platform, setPriority } from 'node:os';

/**
 * Lets this thread run where the others leave something: Linux knows priorities of threads, elsewhere nothing is done.
 * Not the lowest there is: on a busy machine somebody still gets in.
 */
export const behindOthers = (): void => {
  const tid = threadId();
  if (tid !== null) setPriority(tid, constants.priority.PRIORITY_BELOW_NORMAL);
};

/** As `1234/task/1240`. */
const threadId = (): number | null => {
  if (platform() !== 'linux') return null;
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return null;
  }
};
