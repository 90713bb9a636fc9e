import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { durableAppends } from './append.ts';
import { commandsOverHttp } from './commands.ts';
import { eventToDisplay } from './live.ts';
import { ordersUnderAttack } from './overload.ts';
import { table, type Row } from './report.ts';
import { verifyingExports } from './verify.ts';

/** `npm run bench [-- --only append,commands,live,overload,verify] [--seconds 5]`: prints tables and writes bench/results.json. */
const parts: ReadonlyMap<string, (seconds: number) => Promise<readonly Row[]>> = new Map([
  ['append', durableAppends],
  ['commands', commandsOverHttp],
  ['live', eventToDisplay],
  ['overload', ordersUnderAttack],
  ['verify', verifyingExports],
]);

const { values } = parseArgs({ options: { only: { type: 'string' }, seconds: { type: 'string', default: '5' } } });
const wanted = values.only?.split(',') ?? [...parts.keys()];

const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
console.log(machine);
const results: Record<string, readonly Row[]> = {};
for (const name of wanted) {
  const measure = parts.get(name);
  if (measure === undefined) throw new Error(`There is no part ${name}: ${[...parts.keys()].join(', ')}`);
  results[name] = await measure(Number(values.seconds));
  console.log(`\n## ${name}\n\n${table(results[name])}`);
}
await writeFile(
  join(import.meta.dirname, 'results.json'),
  `${JSON.stringify({ machine, at: new Date().toISOString(), seconds: Number(values.seconds), results }, null, 2)}\n`,
);
