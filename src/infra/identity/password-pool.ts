import { Worker } from 'node:worker_threads';
import { boundedQueue, type BoundedQueue } from './bounded-queue.ts';
import { passwordsBy, type Derive, type HashCost, type Passwords } from './passwords.ts';

export type HashTask = { readonly message: string; readonly nonce: Uint8Array; readonly cost: Parameters<Derive>[2] };

export type PasswordPool = Passwords & {
  /** Whatever hashes does so in its turn: up to `threads` at once, `waiting` more in line, `QueueFull` past that. */
  readonly inTurn: BoundedQueue;
  readonly close: () => Promise<void>;
};

type PoolOptions = { readonly threads: number; readonly waiting: number; readonly cost: HashCost };

/** argon2id on threads of its own, so that a flood of logins slows nothing but logins. */
export const passwordPool = ({ threads, waiting, cost }: PoolOptions): PasswordPool => {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const free = boundedQueue(threads, Number.POSITIVE_INFINITY);

  const hired = (): Worker => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url));
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    return worker;
  };

  const ask = (worker: Worker, task: HashTask): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      worker.ref();
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The hashing thread ended')));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task);
    });

  const derive: Derive = (message, nonce, cost) =>
    free(async () => {
      const worker = idle.pop() ?? hired();
      const tag = await ask(worker, { message, nonce, cost });
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      worker.once('exit', () => all.delete(worker));
      worker.unref();
      idle.push(worker);
      return tag;
    });

  return {
    ...passwordsBy(derive, cost),
    inTurn: boundedQueue(threads, waiting),
    close: async () => void (await Promise.all([...all].map((worker) => worker.terminate()))),
  };
};
