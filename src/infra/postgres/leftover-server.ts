import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS, stopWithUs, wordsFor, type Launch, type Server } from './embedded-server.ts';
import type { Log } from './log.ts';
import { commandLine, startMark } from './processes.ts';

const PAUSE_MS = 10;
/** How often we look whether a server that is not our child still lives. */
const LOOK_EVERY_MS = 50;

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

/** Once it is gone; to be asked for one that is not our child. */
const gone = async (pid: number, mark: string): Promise<string> => {
  while (startMark(pid) === mark) await delay(LOOK_EVERY_MS);
  return 'it is gone';
};

type Signal = (name: NodeJS.Signals) => void;

/** To that process alone, not to one that has its number later. */
const signalTo =
  (pid: number, mark: string): Signal =>
  (name) => {
    if (startMark(pid) === mark) process.kill(pid, name);
  };

const orphanStopper = (signal: Signal, exited: Promise<string>) => async (): Promise<void> => {
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
  const signal = signalTo(pid, mark);
  stopWithUs(() => signal('SIGINT'), exited);
  return { pid, port, exited, stop: orphanStopper(signal, exited) };
};
