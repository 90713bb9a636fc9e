import { argon2Sync } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { HashTask } from './password-pool.ts';

// The synchronous form: on this thread, and so neither in the event loop nor in libuv's pool, where files and DNS wait.
parentPort?.on('message', ({ message, nonce, cost }: HashTask) => {
  const { memoryKib: memory, passes, lanes: parallelism, tagLength } = cost;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(argon2Sync('argon2id', { message, nonce, memory, passes, parallelism, tagLength }));
});
