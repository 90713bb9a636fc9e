import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import type { Log } from '../../src/infra/postgres/log.ts';

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

export type Program = { readonly child: ChildProcess; readonly said: { readonly url: string; readonly pid: number; readonly code: string; readonly message: string } };

/** Another program on a data folder, once it has said that it runs, or why it does not. */
export const startProgram = async (folder: string): Promise<Program> => {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'embedded-child.ts'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: JSON.parse(String(line)) as Program['said'] };
};

export const ended = async ({ child }: Program): Promise<number | string | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
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
    info: hear, warn: hear, error: hear,
    heard: (words) => new Promise((resolve) => {
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
