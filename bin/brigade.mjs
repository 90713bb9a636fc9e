#!/usr/bin/env node
// Runs src/cli.ts on a Node.js that is new enough, whichever one started this.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, orExplain } from '../tools/bootstrap.mjs';

const cli = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'src', 'cli.ts');
const child = spawn(orExplain(bootstrap), [cli, ...process.argv.slice(2)], { stdio: 'inherit' });

// At a terminal, Ctrl-C reaches the child by itself; twice would be taken for impatience.
const passOn = (signal) => {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
};
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) process.on(signal, passOn);

child.on('error', (error) => {
  console.error(`Node.js could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  for (const name of signals) process.removeListener(name, passOn);
  if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
});
