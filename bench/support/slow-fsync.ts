import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { postgresBinaries, type Binaries } from '../../src/infra/postgres/binaries.ts';

/** A PostgreSQL whose disk answers later: its own program, with a library before it that waits in fsync and fdatasync. */
export type SlowFsync = { readonly binaries: Binaries; readonly delayMs: number; readonly remove: () => void };

const SOURCE = path.join(import.meta.dirname, 'slow-fsync.c');

/** Answers why it cannot be had here, in words, where it cannot. */
export const slowFsync = (delayMs: number): SlowFsync | string => {
  if (process.platform !== 'linux') return `a slower fsync is only made on Linux, and this is ${process.platform}`;
  const real = postgresBinaries();
  const folder = mkdtempSync(path.join(tmpdir(), 'brigade-slow-fsync-'));
  chmodSync(folder, 0o755);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const library = path.join(folder, 'slow-fsync.so');
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl'], { encoding: 'utf8' });
  if (compiled.status !== 0) {
    remove();
    return `a slower fsync needs a C compiler (cc): ${compiled.error?.message ?? compiled.stderr.trim()}`;
  }
  mkdirSync(path.join(folder, 'native', 'bin'), { recursive: true });
  const program = path.join(folder, 'native', 'bin', 'postgres');
  const original = path.join(real.folder, 'native', 'bin', 'postgres');
  writeFileSync(program, `#!/bin/sh\nLD_PRELOAD='${library}' SLOW_FSYNC_MICROSECONDS=${delayMs * 1000} exec '${original}' "$@"\n`);
  chmodSync(program, 0o755);
  return { binaries: { folder, account: real.account }, delayMs, remove };
};
