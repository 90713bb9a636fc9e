import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { asAccount, postgresAccount } from '../../src/infra/postgres/binaries.ts';
import type { Log } from '../../src/infra/postgres/log.ts';
import { startMark } from '../../src/infra/postgres/processes.ts';

/** Not there yet, so that who makes it chooses its mode. */
export const newFolder = (): string => path.join(tmpdir(), `brigade-test-${randomBytes(8).toString('hex')}`);

type Row = { readonly [column: string]: unknown };

/** One statement on a connection of its own. */
export const ask = async (url: string, sql: string): Promise<readonly Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

export type Program = {
  readonly child: ChildProcess;
  readonly said: { readonly url: string; readonly pid: number; readonly code: string; readonly message: string };
};

/** Another program on a data folder, once it has said that it runs, or why it does not. */
export const startProgram = async (folder: string): Promise<Program> => {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'embedded-child.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: JSON.parse(String(line)) as Program['said'] };
};

export const ended = async ({ child }: Program): Promise<number | string | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
};

const waitUntil = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(setImmediate);
};

export type Zombie = { readonly pid: number; readonly markInLife: string | null; readonly bury: () => void };

/** A dead process whose parent does not ask after it. Linux alone tells what we wait for here. */
export const makeZombie = async (): Promise<Zombie> => {
  const sleeps = ['-c', 'sleep 1000 & echo $!; exec sleep 1000'];
  const parent = spawn('sh', sleeps, { ...asAccount(postgresAccount()), stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pid = Number(line);
  // A shell would bury its children, so it must have become the other program first.
  await waitUntil(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
  const markInLife = startMark(pid);
  process.kill(pid, 'SIGKILL');
  await waitUntil(() => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  return { pid, markInLife, bury: () => void parent.kill() };
};

/** A log that one can wait on. */
export const listenedLog = (): Log & { readonly heard: (words: string) => Promise<void> } => {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const hear = (_fields: unknown, message?: string): void => {
    lines.push(message ?? '');
    for (const look of waiting) look();
  };
  return {
    info: hear,
    warn: hear,
    error: hear,
    heard: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!lines.some((line) => line.includes(words))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
};
