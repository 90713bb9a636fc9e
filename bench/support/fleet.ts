import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProgram, type Program } from '../../test/support/program.ts';

/** The program as people run it, on a database of its own. */
export type Fleet = {
  /** The process that answers commands. */
  readonly api: Program;
  /** Stops every other process. */
  readonly leaveApiAlone: () => Promise<void>;
  /** The process that screens are connected to. */
  readonly live: Program;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a process for each list of roles, in that order, with one data folder and one database between them. Metrics are on, and
 * each process writes its log lines to a file, as it would to a collector.
 */
const startProcesses = async (databaseUrl: string, roles: readonly [string, ...string[]]): Promise<Fleet> => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'brigade-bench-'));
  let programs: readonly Program[] = [];
  const stopAll = async (ended: readonly Program[]): Promise<void> => {
    for (const program of ended.toReversed()) await program.stop();
    programs = programs.filter((program) => !ended.includes(program));
  };
  const stop = async (): Promise<void> => {
    await stopAll(programs);
    await rm(dataDir, { recursive: true, force: true });
  };
  const startOne = async (of: string): Promise<Program> => {
    const env = { APP_DATABASE__URL: databaseUrl, APP_ROLES: of, APP_LOGGING__LEVEL: 'info' };
    const program = await startProgram({ env, dataDir, logFile: path.join(dataDir, `${of}.log`) });
    programs = [...programs, program];
    return program;
  };
  try {
    const live = await startOne(roles[0]);
    let api = live;
    for (const others of roles.slice(1)) api = await startOne(others);
    return { api, live, stop, leaveApiAlone: () => stopAll(programs.filter((program) => program !== api)) };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The API in a process of its own, and in a second one what keeps read models, works and streams. */
export const startFleet = (databaseUrl: string): Promise<Fleet> => startProcesses(databaseUrl, ['projector,worker,live', 'api']);

export const startAllInOne = (databaseUrl: string): Promise<Fleet> => startProcesses(databaseUrl, ['api,projector,worker,live']);
