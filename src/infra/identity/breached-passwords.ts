import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { PasswordJudges } from './password-policy.ts';

/** The file of breached passwords cannot be used; the message says which and what to do. */
export class BreachedPasswordsUnfit extends Error {
  readonly code = 'breached-passwords-unfit';
  constructor(file: string, cause?: unknown) {
    super(`${file} is no list of breached passwords: give SHA-1 hashes in upper case, one a line, ordered, as Have I Been Pwned does.`, {
      cause,
    });
    this.name = 'BreachedPasswordsUnfit';
  }
}

/** A hash of 40 digits, a colon, a count, and the end of the line. */
const LONGEST_LINE = 64;
const LINE = /^([0-9A-F]{40})(?=[:\r\n]|$)/;

/** Looks passwords up in an operator's file, however long, in some dozens of small reads. Null: there is none. */
export const breachedPasswords = async (file: string | null): Promise<PasswordJudges['isBreached']> => {
  if (file === null) return () => Promise.resolve(false);
  const opened = async (): Promise<FileHandle> =>
    open(file).catch((error: unknown) => {
      throw new BreachedPasswordsUnfit(file, error);
    });
  const isBreached: PasswordJudges['isBreached'] = async (password) => {
    await using handle = await opened();
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    return await holds(handle, hash, file);
  };
  await isBreached('');
  return isBreached;
};

/** The first whole line at or after a place in the file; null past the last. */
const lineFrom = async (handle: FileHandle, at: number): Promise<{ readonly hash: string; readonly at: number } | null> => {
  const from = Math.max(0, at - 1);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2 * LONGEST_LINE), 0, 2 * LONGEST_LINE, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  // A line begins after the end of one: what stands before the first end is the rest of another.
  const begun = from === 0 && at === 0 ? 0 : text.indexOf('\n') + 1;
  const hash = begun === 0 && at > 0 ? undefined : LINE.exec(text.slice(begun))?.[1];
  return hash === undefined ? null : { hash, at: from + begun };
};

const holds = async (handle: FileHandle, wanted: string, file: string): Promise<boolean> => {
  if ((await lineFrom(handle, 0)) === null) throw new BreachedPasswordsUnfit(file);
  let [low, high] = [0, (await handle.stat()).size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineFrom(handle, middle);
    if (line?.hash === wanted) return true;
    if (line === null || line.hash > wanted) high = middle;
    else low = line.at + wanted.length;
  }
  return false;
};
