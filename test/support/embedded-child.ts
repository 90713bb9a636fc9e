// A program with an embedded server of its own, to be killed by a test: `node embedded-child.ts <folder>`.
import { pino } from 'pino';
import { DataFolderInUse } from '../../src/infra/postgres/data-folder.ts';
import { startEmbedded } from '../../src/infra/postgres/embedded.ts';

const say = (words: object): void => void process.stdout.write(`${JSON.stringify(words)}\n`);

try {
  const server = await startEmbedded({ folder: process.argv[2] ?? '', durable: true, log: pino({ level: 'silent' }) });
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  say({ url: server.url, pid: server.pid });
  process.stdin.resume();
} catch (error) {
  if (!(error instanceof DataFolderInUse)) throw error;
  say({ code: error.code, message: error.message });
  process.exitCode = 1;
}
