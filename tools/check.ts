import { spawnSync } from 'node:child_process';

/** Everything `npm run check` asks of the code, in the order in which it fails fastest. */
const checks: readonly (readonly [name: string, command: string, ...args: readonly string[]])[] = [
  ['types', 'tsc'],
  ['types of the pages', 'tsc', '-p', 'web'],
  ['lint and import rules', 'oxlint', '--type-aware'],
  ['format', 'oxfmt', '--check'],
  ['unused exports', 'knip'],
  ['figures in the documents', 'node', 'tools/figures.ts', '--check'],
  ['spelling', 'cspell', '--no-progress', '--quiet'],
  ['security items', 'node', 'tools/asvs.ts'],
  ['fast tests', 'mocha', '--config', '.mocharc.fast.json'],
];

let failed = 0;
for (const [name, command, ...args] of checks) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${error === undefined ? '' : `: ${error.message}`}`);
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
