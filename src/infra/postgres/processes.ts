import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

const ps = (pid: number, column: string): string | null => {
  const found = spawnSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  return found.status === 0 ? found.stdout.trim() : null;
};

const isZombie = (state: string): boolean => /^[ZX]/.test(state);

/** Since boot, and which boot: a pid that is used again later has another mark. */
const linuxMark = (pid: number): string | null => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const boot = read('/proc/sys/kernel/random/boot_id')?.slice(0, 8) ?? '';
  return isZombie(fields[0] ?? '') ? null : `${boot}.${fields[19] ?? ''}`;
};

const otherMark = (pid: number): string | null => {
  const state = ps(pid, 'state');
  return state === null || isZombie(state) ? null : (ps(pid, 'lstart')?.replaceAll(/[^0-9A-Za-z]+/g, '.') ?? null);
};

/** Says when a process started, in a form fit for a file name; null when it is dead, or a zombie that nobody buried. */
export const startMark = (pid: number): string | null => (process.platform === 'linux' ? linuxMark(pid) : otherMark(pid));

/** Its arguments; empty when it is gone or hidden from us. */
export const commandLine = (pid: number): string =>
  (process.platform === 'linux' ? read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') : ps(pid, 'command')) ?? '';
