import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Message } from '../../src/domain/decider.ts';

type Event = Message<string, unknown>;
type Emmett = {
  readonly append: (stream: string, expected: number, event: Event) => Promise<void>;
  readonly close: () => Promise<void>;
};
type Rebuild = { readonly streams: number; readonly perStream: number; readonly event: Event; readonly batchSize: number };
/** What ../peers/emmett.mjs exports. */
export type EmmettModule = {
  readonly openEmmett: (url: string, connections: number) => Promise<Emmett>;
  readonly rebuildWithEmmett: (url: string, rebuild: Rebuild) => Promise<number>;
};

const PEERS = path.join(import.meta.dirname, '..', 'peers');

export const EMMETT_APP = path.join(PEERS, 'emmett-koa.mjs');

const install = (): string | null => {
  const lock = readFileSync(path.join(PEERS, 'package-lock.json'), 'utf8');
  const mark = path.join(PEERS, 'node_modules', '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return null;
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, before] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const { status, stderr, error } = spawnSync(command, [...before, ...args], { cwd: PEERS, encoding: 'utf8' });
  if (status !== 0) return `Emmett could not be installed in bench/peers: ${error?.message ?? stderr.split('\n')[0]}`;
  writeFileSync(mark, lock);
  return null;
};

/**
 * Emmett, to measure beside. It has a package.json and a lock file of its own in bench/peers, and is installed when it is first
 * needed: it asks for another `uuid` than ours as a peer, which npm refuses side by side, and its 17 MB (a MongoDB driver among
 * them) are nothing that a user of ours should install. Answers why there is none, in words, where it cannot be installed.
 */
export const emmett = async (): Promise<EmmettModule | string> => {
  const failed = install();
  return failed ?? ((await import(pathToFileURL(path.join(PEERS, 'emmett.mjs')).href)) as EmmettModule);
};
