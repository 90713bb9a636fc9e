import { Worker } from 'node:worker_threads';
import { boundedQueue, type BoundedQueue } from './bounded-queue.ts';
import { requireHardToGuess, type PasswordJudges, type PasswordOwner } from './password-policy.ts';
import { passwordsBy, type Derive, type HashCost, type Passwords } from './passwords.ts';

export type HashTask = { readonly message: string; readonly nonce: Uint8Array; readonly cost: Parameters<Derive>[2] };
export type JudgeTask = { readonly password: string; readonly ofPerson: readonly string[] };

export type PasswordPool = Passwords & {
  /** Of a new one; refuses what is guessed soon. */
  readonly hashNew: (password: string, owner: PasswordOwner) => Promise<string>;
  /** Whatever hashes does so in its turn: up to `threads` at once, `waiting` more in line, `QueueFull` past that. */
  readonly inTurn: BoundedQueue;
  readonly close: () => Promise<void>;
};

type PoolOptions = {
  readonly threads: number;
  readonly waiting: number;
  readonly cost: HashCost;
  readonly isBreached: PasswordJudges['isBreached'];
};

/** argon2id on threads of its own, so that a flood of logins slows nothing but logins. */
export const passwordPool = ({ threads, waiting, cost, isBreached }: PoolOptions): PasswordPool => {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const free = boundedQueue(threads, Number.POSITIVE_INFINITY);

  const hired = (): Worker => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url));
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    return worker;
  };

  const ask = <T>(worker: Worker, task: HashTask | JudgeTask): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.ref();
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The hashing thread ended')));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task);
    });

  const onThread = <T>(task: HashTask | JudgeTask): Promise<T> =>
    free(async () => {
      const worker = idle.pop() ?? hired();
      const answer = await ask<T>(worker, task);
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      worker.once('exit', () => all.delete(worker));
      worker.unref();
      idle.push(worker);
      return answer;
    });

  const passwords = passwordsBy((message, nonce, cost) => onThread<Uint8Array>({ message, nonce, cost }), cost);
  const judges: PasswordJudges = { triesToFind: (password, ofPerson) => onThread<number>({ password, ofPerson }), isBreached };
  return {
    ...passwords,
    hashNew: async (password, owner) => {
      await requireHardToGuess(password, owner, judges);
      return passwords.hash(password);
    },
    inTurn: boundedQueue(threads, waiting),
    close: async () => void (await Promise.all([...all].map((worker) => worker.terminate()))),
  };
};
