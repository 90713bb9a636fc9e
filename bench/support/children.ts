import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Load, LoadTask } from './http-load.ts';

const here = (file: string): string => path.join(import.meta.dirname, file);

export type OrderApp = { readonly port: number; readonly stop: () => void };

const served = async (file: string, ...args: readonly string[]): Promise<OrderApp> => {
  const child = fork(file, [...args]);
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return { port, stop: () => child.disconnect() };
};

export const bareKoa = (): Promise<OrderApp> => served(here('bare-koa.ts'));
export const emmettKoa = (file: string, databaseUrl: string): Promise<OrderApp> => served(file, databaseUrl);

/** From a process of its own, so that the load does not wait for whoever measures. */
export const loadFrom = async (task: LoadTask): Promise<Load> => {
  const child = fork(here('http-load.ts'));
  child.send(task);
  const [figures] = (await once(child, 'message')) as [Load];
  return figures;
};
