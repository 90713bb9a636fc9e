import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Holds docs/security/asvs.yaml to its word: every item is there once and says why it holds; what is named exists. */

const ROOT = join(import.meta.dirname, '..');
const FILE = 'docs/security/asvs.yaml';
/** Of ASVS 5.0.0. */
const LEVELS: { readonly [level: number]: number } = { 1: 70, 2: 183 };

type Item = {
  readonly level: number;
  readonly tests?: readonly string[];
  readonly see?: string;
  readonly not?: string;
  readonly open?: string;
};
type Mapping = { readonly tests: { readonly [name: string]: string }; readonly items: { readonly [id: string]: Item } };

/** A file and a text in it, as `path: text`. */
const isThere = (named: string, written: (text: string) => readonly string[]): boolean => {
  const at = named.indexOf(': ');
  const file = join(ROOT, named.slice(0, at));
  if (at < 0 || !existsSync(file)) return false;
  const content = readFileSync(file, 'utf8');
  return written(named.slice(at + 2)).some((text) => content.includes(text));
};
const asTitle = (text: string): readonly string[] => [`'${text}'`, `"${text}"`, `\`${text}`];

const { tests, items }: Mapping = parse(readFileSync(join(ROOT, FILE), 'utf8'));

const problemsOf = (id: string, item: Item): readonly string[] => {
  const said = [item.tests, item.see, item.not, item.open].filter((one) => one !== undefined && one.length > 0);
  if (said.length !== 1) return [`${id}: says ${said.length} of tests, see, not and open, where it must be one`];
  if (!/^V\d+\.\d+\.\d+$/.test(id)) return [`${id}: is no number of ASVS`];
  if (item.see !== undefined && !isThere(item.see, (text) => [text])) return [`${id}: there is no ${item.see}`];
  return (item.tests ?? []).filter((name) => !(name in tests)).map((name) => `${id}: ${name} is not among the tests`);
};

const all = Object.entries(items);
const count = (level: number): number => all.filter(([, item]) => item.level === level).length;
const used = new Set(all.flatMap(([, item]) => item.tests ?? []));
const problems = [
  ...all.flatMap(([id, item]) => problemsOf(id, item)),
  ...Object.entries(tests).flatMap(([name, test]) => [
    ...(isThere(test, asTitle) ? [] : [`${name}: there is no test ${test}`]),
    ...(used.has(name) ? [] : [`${name}: no item names it`]),
  ]),
  ...Object.entries(LEVELS)
    .filter(([level, wanted]) => count(Number(level)) !== wanted)
    .map(([level, wanted]) => `Level ${level} has ${wanted} items, not ${count(Number(level))}`),
];

for (const problem of problems) console.error(`${FILE}: ${problem}`);
const open = all.filter(([, item]) => item.open !== undefined);
console.log(`ASVS 5.0: ${all.length} items, ${open.length} open${open.length === 0 ? '' : `: ${open.map(([id]) => id).join(' ')}`}`);
process.exitCode = problems.length === 0 ? 0 : 1;
