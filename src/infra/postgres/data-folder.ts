import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startMark } from './processes.ts';

/** Another program works on the same data folder. */
export class DataFolderInUse extends Error {
  readonly code = 'data-folder-in-use';
  constructor(folder: string, pid: number) {
    super(`Brigade already runs on the data folder ${folder} (process ${pid}). Stop it first, or set APP_DATA__DIR to another folder.`);
    this.name = 'DataFolderInUse';
  }
}

type Claim = { readonly file: string; readonly pid: number; readonly mark: string };

const lockName = (pid: number, mark: string): string => `owner-${pid}-${mark}.lock`;

const claimsIn = (folder: string): readonly Claim[] =>
  readdirSync(folder).flatMap((file) => {
    const [, pid, mark] = /^owner-(\d+)-(.+)\.lock$/.exec(file) ?? [];
    return pid === undefined || mark === undefined ? [] : [{ file, pid: Number(pid), mark }];
  });

const lives = ({ pid, mark }: Claim): boolean => startMark(pid) === mark;

/** The process that works on the folder; null when none does. */
export const ownerOf = (folder: string): number | null => claimsIn(folder).find(lives)?.pid ?? null;

/**
 * Makes the folder this process's own until `release`, or until it dies: a dead owner's claim is taken over.
 * The claim is first written and then compared, so of two at the same moment never both get it.
 */
export const claimDataFolder = (folder: string, mode = 0o700): { readonly release: () => void } => {
  mkdirSync(folder, { recursive: true, mode });
  const mark = startMark(process.pid) ?? 'unknown';
  const own = lockName(process.pid, mark);
  const taken = claimsIn(folder).find(({ file }) => file === own);
  if (taken !== undefined) throw new DataFolderInUse(folder, taken.pid);
  writeFileSync(path.join(folder, own), '', { flag: 'wx', mode: 0o600 });
  const release = (): void => rmSync(path.join(folder, own), { force: true });
  const others = claimsIn(folder).filter(({ file }) => file !== own);
  const living = others.find(lives);
  if (living !== undefined) {
    release();
    throw new DataFolderInUse(folder, living.pid);
  }
  for (const { file } of others) rmSync(path.join(folder, file), { force: true });
  return { release };
};
