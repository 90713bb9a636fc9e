import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { asAccount, type Binaries } from './binaries.ts';
import type { Log } from './log.ts';
import { commandLine, startMark } from './processes.ts';

export type Server = { readonly pid: number; readonly port: number; readonly exited: Promise<string>; readonly stop: () => Promise<void> };

type Launch = { readonly binaries: Binaries; readonly data: string; readonly port: number; readonly durable: boolean; readonly log: Log };

const PATIENCE_MS = 60_000;
const PAUSE_MS = 10;
const LAST_WORDS_MS = 200;
/** How often we look whether a server that is not our child still lives. */
const LOOK_EVERY_MS = 50;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
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

const pidIn = (data: string): number | null => {
  const file = path.join(data, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) || null : null;
};

/** As the server itself notes it: starting, ready or stopping; empty where it noted nothing. */
const statusIn = (data: string): string => {
  try {
    return readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() ?? '';
  } catch {
    return '';
  }
};

const isOurs = (pid: number, data: string): boolean => startMark(pid) !== null && commandLine(pid).includes(`-D ${data} `);

/**
 * What a program that was killed left: its server, still running, is stopped; the note of one that is dead, a zombie,
 * or whose pid is another program's by now is removed, since Postgres would take it for alive.
 */
export const clearLeftovers = async (data: string, log: Log): Promise<void> => {
  const pid = pidIn(data);
  if (pid === null) return;
  if (isOurs(pid, data)) {
    log.warn({ pid }, 'Stopping the PostgreSQL that an earlier run left behind');
    process.kill(pid, 'SIGINT');
    for (let waited = 0; isOurs(pid, data); waited += PAUSE_MS) {
      if (waited > PATIENCE_MS) process.kill(pid, 'SIGQUIT');
      await delay(PAUSE_MS);
    }
  }
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
};

const stopper = (child: ChildProcess, exited: Promise<string>) => async (): Promise<void> => {
  child.kill('SIGINT');
  const impatient = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS);
  await exited;
  clearTimeout(impatient);
};

/** For a program that ends without its farewells. */
const stopWithUs = (stop: () => void, exited: Promise<string>): void => {
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

const wordsFor = ({ binaries, data, port, durable }: Launch): Words => {
  const settings = durable ? { ...SETTINGS, ...DURABLE } : { ...SETTINGS, ...FOR_TESTS };
  return [path.join(binaries.folder, 'native/bin/postgres'), '-D', data, '-p', String(port), ...flags(settings)];
};

/** Once it is gone; to be asked for one that is not our child. */
const gone = async (pid: number, mark: string): Promise<string> => {
  while (startMark(pid) === mark) await delay(LOOK_EVERY_MS);
  return 'it is gone';
};

const orphanStopper = (pid: number, mark: string, exited: Promise<string>) => async (): Promise<void> => {
  const signal = (name: NodeJS.Signals): void => {
    if (startMark(pid) === mark) process.kill(pid, name);
  };
  signal('SIGINT');
  const impatient = setTimeout(() => signal('SIGQUIT'), PATIENCE_MS);
  await exited;
  clearTimeout(impatient);
};

/**
 * Takes over the server that a killed program left running, where it is just as we would start it now: that spares stopping it
 * and starting it again. Null: there is none such. Linux alone tells cheaply whether a process that is not our child lives.
 */
export const adopt = async (launch: Launch): Promise<Server | null> => {
  const { data, port, log } = launch;
  const pid = pidIn(data);
  const mark = pid === null ? null : startMark(pid);
  if (process.platform !== 'linux' || pid === null || mark === null) return null;
  if (commandLine(pid).trim() !== wordsFor(launch).join(' ').trim()) return null;
  while (statusIn(data) === 'starting' && startMark(pid) === mark) await delay(PAUSE_MS);
  if (statusIn(data) !== 'ready') return null;
  log.warn({ pid }, 'Taking over the PostgreSQL that an earlier run left running');
  const exited = gone(pid, mark);
  const stop = orphanStopper(pid, mark, exited);
  stopWithUs(() => process.kill(pid, 'SIGINT'), exited);
  return { pid, port, exited, stop };
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
