import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { asAccount, type Binaries } from './binaries.ts';
import type { Log } from './log.ts';

export type Server = { readonly pid: number; readonly port: number; readonly exited: Promise<string>; readonly stop: () => Promise<void> };

export type Launch = {
  readonly binaries: Binaries;
  readonly data: string;
  readonly port: number;
  readonly durable: boolean;
  readonly log: Log;
};

export const PATIENCE_MS = 60_000;
const LAST_WORDS_MS = 200;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  min_wal_size: '512MB',
  lc_messages: 'C',
  // Failed statements are told to whoever sent them.
  log_line_prefix: '',
  log_min_messages: 'log',
  log_checkpoints: 'off',
};
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const FOR_TESTS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB', autovacuum: 'off' };

const flags = (settings: { readonly [name: string]: string }): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

const canListen = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(port, '127.0.0.1', () => {
      const taken = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(taken));
    });
  });

/** The wanted port where it is free, or any that is. */
export const freePort = async (wanted: number | null): Promise<number> => {
  const port = (wanted === null ? null : await canListen(wanted)) ?? (await canListen(0));
  if (port === null) throw new Error('There is no free port on 127.0.0.1 for PostgreSQL.');
  return port;
};

const stopper = (child: ChildProcess, exited: Promise<string>) => async (): Promise<void> => {
  child.kill('SIGINT');
  const impatient = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS);
  await exited;
  clearTimeout(impatient);
};

/** For a program that ends without its farewells. */
export const stopWithUs = (stop: () => void, exited: Promise<string>): void => {
  process.once('exit', stop);
  void exited.then(() => process.removeListener('exit', stop));
};

/** What PostgreSQL says to each connection that a stop of ours ends. */
const ENDED_BY_US = 'due to administrator command';

const report = (line: string, log: Log): void => {
  const [, level, message] = /^(\w+):\s+(.*)$/.exec(line) ?? [];
  if (message?.includes(ENDED_BY_US)) return;
  if (level === 'FATAL' || level === 'PANIC' || message?.includes('terminated by signal')) log.warn({ postgres: level }, message ?? line);
};

type Words = readonly [program: string, ...args: string[]];

export const wordsFor = ({ binaries, data, port, durable }: Launch): Words => {
  const settings = durable ? { ...SETTINGS, ...DURABLE } : { ...SETTINGS, ...FOR_TESTS };
  return [path.join(binaries.folder, 'native/bin/postgres'), '-D', data, '-p', String(port), ...flags(settings)];
};

/** Starts a postmaster and waits until it takes connections. A process group of its own: Ctrl-C reaches us alone, and we stop it last. */
export const launch = async (launch: Launch): Promise<Server> => {
  const { binaries, port, log } = launch;
  const [program, ...args] = wordsFor(launch);
  const child = spawn(program, args, {
    ...asAccount(binaries.account),
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
  const lines: string[] = [];
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('exit', (code, signal) => {
      const tell = (): void => resolve(`${String(code ?? signal)}: ${lines.slice(-5).join(' ')}`);
      // Its last words, which say whether to try again, may come after its end; its children may keep the pipe open for long.
      child.stderr.once('close', tell);
      setTimeout(tell, LAST_WORDS_MS);
    });
  });
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      if (line.includes('ready to accept connections')) resolve(true);
      report(line, log);
    });
  });
  const first = await Promise.race([ready, exited]);
  if (first !== true || child.pid === undefined) throw new Error(`PostgreSQL did not start (${String(first)})`);
  stopWithUs(() => void child.kill('SIGINT'), exited);
  return { pid: child.pid, port, exited, stop: stopper(child, exited) };
};
