import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { appendsOnASlowDisk } from './append-slow-disk.ts';
import { durableAppends } from './append.ts';
import { backupAndRestore } from './backup.ts';
import { coldLoads } from './cold-load.ts';
import { commandsOverHttp } from './commands.ts';
import { appendsToEventStoreDb } from './eventstoredb.ts';
import { eventToDisplay } from './live.ts';
import { ordersUnderAttack } from './overload.ts';
import { rebuilds } from './rebuild.ts';
import { told, type Part } from './report.ts';
import { medians, type PartResults, type Results } from './results.ts';
import { rightsTakenAway } from './revocation.ts';
import { quietDisk } from './support/quiet-disk.ts';
import { verifyingExports } from './verify.ts';

/**
 * `npm run bench [-- --only append,commands] [--seconds 5] [--events 1000000] [--rounds 1]`: prints tables and writes
 * bench/results.json, where the parts that were not run keep what they had. `--rounds` takes each part so often and tells medians.
 */
const parts: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['append', durableAppends],
  ['append-slow-disk', appendsOnASlowDisk],
  ['commands', commandsOverHttp],
  ['live', eventToDisplay],
  ['rebuild', rebuilds],
  ['cold-load', coldLoads],
  ['backup', backupAndRestore],
  ['overload', ordersUnderAttack],
  ['revocation', rightsTakenAway],
  ['verify', verifyingExports],
  ['eventstoredb', appendsToEventStoreDb],
]);

const RESULTS = path.join(import.meta.dirname, 'results.json');

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: [...parts.keys()].join(',') },
    seconds: { type: 'string', default: '5' },
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '1' },
  },
});
const options = { seconds: Number(values.seconds), events: Number(values.events) };
const rounds = Number(values.rounds);
const wanted = values.only.split(',').map((name) => {
  const part = parts.get(name);
  if (part === undefined) throw new Error(`There is no part ${name}: ${[...parts.keys()].join(', ')}`);
  return { name, part };
});

const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
console.log(machine);

const write = (name: string, taken: PartResults): void => {
  const before = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : {};
  const all: Results = { ...before, [name]: taken };
  const inOrder = Object.fromEntries([...parts.keys()].flatMap((part) => (all[part] === undefined ? [] : [[part, all[part]]])));
  writeFileSync(RESULTS, `${JSON.stringify(inOrder, null, 2)}\n`);
};

for (const { name, part } of wanted) {
  const loadBefore = Number((loadavg()[0] ?? 0).toFixed(1));
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    quietDisk();
    measured.push(await part(options));
  }
  const taken = medians(measured);
  console.log(`\n## ${name}\n\n${told(taken)}`);
  write(name, { machine, at: new Date().toISOString(), seconds: options.seconds, rounds, loadBefore, ...taken });
}
