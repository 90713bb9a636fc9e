import { spawn } from 'node:child_process';
import path from 'node:path';

export type WorkerProcess = {
  /** Settles once the worker has reached its step. */
  readonly reached: Promise<void>;
  /** Answers the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | string | null>;
};

/** `redisUrl` empty: the jobs are kept in the database. The steps are those of doomed-worker.ts. */
export const startWorkerProcess = (ownerUrl: string, redisUrl: string, smtpUrl: string, step: string): WorkerProcess => {
  const script = path.join(import.meta.dirname, 'doomed-worker.ts');
  const child = spawn(process.execPath, [script, ownerUrl, redisUrl, smtpUrl, step], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | string | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const said = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return {
    reached: Promise.race([
      said,
      ended.then((code) => {
        throw new Error(`The worker ended with ${code}`);
      }),
    ]),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
};
