import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Load, LoadTask } from './http-load.ts';

const here = (file: string): string => path.join(import.meta.dirname, file);

/** The next that it says; rejects where it ends first. */
const said = async <T>(child: ChildProcess): Promise<T> => {
  const done = new AbortController();
  const ended = async (): Promise<never> => {
    const [code] = (await once(child, 'exit', { signal: done.signal })) as [number | null];
    throw new Error(`A process of the benchmarks ended with ${code}: ${child.spawnargs.slice(1).join(' ')}`);
  };
  const [message] = (await Promise.race([once(child, 'message', { signal: done.signal }), ended()])) as [T];
  done.abort();
  return message;
};

export type OrderApp = { readonly port: number; readonly stop: () => void };

const served = async (file: string, ...args: readonly string[]): Promise<OrderApp> => {
  const child = fork(file, [...args]);
  const { port } = await said<{ readonly port: number }>(child);
  return { port, stop: () => child.disconnect() };
};

export const bareKoa = (): Promise<OrderApp> => served(here('bare-koa.ts'));
export const emmettKoa = (file: string, databaseUrl: string): Promise<OrderApp> => served(file, databaseUrl);

/** From a process of its own, so that the load does not wait for whoever measures. */
export const loadFrom = async (task: LoadTask): Promise<Load> => {
  const child = fork(here('http-load.ts'));
  child.send(task);
  return said<Load>(child);
};
