import { argon2Sync } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { behindOthers } from './behind-others.ts';
import type { HashTask, JudgeTask } from './password-pool.ts';

behindOthers();

const hash = ({ message, nonce, cost }: HashTask): Uint8Array => {
  const { memoryKib: memory, passes, lanes: parallelism, tagLength } = cost;
  return argon2Sync('argon2id', { message, nonce, memory, passes, parallelism, tagLength });
};

/** The list is read when the first password is judged: most threads of most days never need it. */
const judge = async ({ password, ofPerson }: JudgeTask): Promise<number> => {
  const { triesToFind } = await import('./password-strength.ts');
  return triesToFind(password, ofPerson);
};

const answer = async (task: HashTask | JudgeTask): Promise<void> => {
  const answered = 'password' in task ? await judge(task) : hash(task);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(answered);
};

// The synchronous form: on this thread, and so neither in the event loop nor in libuv's pool, where files and DNS wait.
parentPort?.on('message', (task: HashTask | JudgeTask) => void answer(task));
