import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const OWNER = { email: 'owner@example.com', password: 'first-login-of-a-test' };

export type Program = {
  readonly baseUrl: string;
  readonly metricsUrl: string;
  /** For people who read. */
  readonly readerUrl: string;
  readonly owner: { readonly email: string; readonly password: string };
  readonly dataDir: string;
  readonly pid: number;
  /** All it wrote for people, so far. */
  readonly said: () => string;
  /** Throws, with all it said and logged, where it has ended by itself. */
  readonly requireAlive: () => void;
  /** Drains and ends; answers the exit code. */
  readonly stop: () => Promise<number | null>;
  /** kill -9: nothing is said goodbye to. */
  readonly kill: () => Promise<void>;
};

type Options = {
  readonly env?: { readonly [name: string]: string };
  readonly dataDir?: string;
  readonly port?: number;
  /** The file its log goes to; left out: the log is kept, to be told where the program ends before it is ready. */
  readonly logFile?: string;
};

/** Empty where it was not said: a process that serves nobody has no address. */
const found = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
};

/** The environment of a program of a test's own, with nothing of ours. */
export const programEnv = (dataDir: string, { env = {}, port = 0 }: Options): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('APP_'))),
  APP_DATA__DIR: dataDir,
  APP_SERVER__HOST: '127.0.0.1',
  APP_SERVER__PORT: String(port),
  APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '127.0.0.1:0',
  APP_LOGGING__LEVEL: 'error',
  APP_BOOTSTRAP__OWNER_EMAIL: OWNER.email,
  APP_BOOTSTRAP__OWNER_PASSWORD: OWNER.password,
  APP_BOOTSTRAP__TIME_ZONE: 'UTC',
  ...env,
});

/** The real program in a process of its own, with an embedded database in a folder of its own. Give `dataDir` and `port` to start one again. */
export const startProgram = async (options: Options = {}): Promise<Program> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'brigade-test-')));
  const log = options.logFile === undefined ? null : await open(options.logFile, 'a');
  const child = spawn(process.execPath, [MAIN], { env: programEnv(dataDir, options), stdio: ['ignore', log?.fd ?? 'pipe', 'pipe'] });
  await log?.close();
  let said = '';
  let logged = '';
  child.stdout?.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    said += `${line}\n`;
    if (line === '' && said.includes('Brigade is ready')) ready.resolve();
  });
  child.once('exit', (code) => ready.reject(new Error(`The program ended with ${code}:\n${said}${logged}`)));
  await ready.promise;
  return {
    baseUrl: found(said, /Kitchen screen\s+(http:\S+)\/kds/),
    metricsUrl: found(said, /Metrics\s+(http:\S+)/),
    readerUrl: found(said, /psql '(\S+)'/),
    owner: OWNER,
    dataDir,
    pid: child.pid ?? 0,
    said: () => said,
    requireAlive: () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The program ended by itself with ${child.exitCode ?? child.signalCode}:\n${said}${logged}`);
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended(child);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
};

/** Stops the program and takes its data away. */
export const removeProgram = async (program: Program): Promise<void> => {
  await program.stop();
  await rm(program.dataDir, { recursive: true, force: true });
};
