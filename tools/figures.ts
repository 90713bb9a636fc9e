import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { headlines } from '../bench/headlines.ts';
import { besides, told } from '../bench/report.ts';
import type { PartResults, Results } from '../bench/results.ts';

/** `npm run figures`: writes bench/results.json into the documents, between their marks. `--check` says where they tell other figures. */
const ROOT = path.join(import.meta.dirname, '..');
const inRoot = (file: string): string => path.join(ROOT, file);

const BEGIN = '<!-- figures, written by `npm run figures` -->';
const END = '<!-- end of figures -->';

const NOTHING = 'Nothing was measured yet: `npm run bench`, then `npm run figures`.';

const short = (results: Results): string => {
  const rows = headlines.flatMap(({ label, part, what, at, figure }) => {
    const ofWhat = results[part]?.rows.filter((one) => one.what === what) ?? [];
    if ((results[part]?.rows.length ?? 0) > 0 && ofWhat.length === 0) throw new Error(`The part ${part} has no line for ${what}`);
    const row = ofWhat.find((one) => one.at === at);
    return row === undefined ? [] : [`| ${label} | ${figure(row)} | ${besides(row)} |`];
  });
  return rows.length === 0 ? NOTHING : ['|  |  | beside, in the same run |', '| --- | --- | --- |', ...rows].join('\n');
};

const circumstances = ({ at, machine, seconds, rounds, loadBefore }: PartResults): string =>
  `${at.slice(0, 10)}, ${machine}; ${seconds} s a figure, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}; ` +
  `load average of the machine when it began: ${loadBefore}.`;

const full = (results: Results): string =>
  Object.entries(results)
    .map(([part, of]) => `### ${part}\n\n${circumstances(of)}\n\n${told(of)}`)
    .join('\n\n') || NOTHING;

const DOCUMENTS: readonly (readonly [file: string, figures: (results: Results) => string])[] = [
  ['README.md', short],
  [path.join('docs', 'performance.md'), full],
];

const withFigures = (file: string, text: string, figures: string): string => {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${file} lacks the marks that its figures stand between: ${BEGIN} and ${END}`);
  return `${text.slice(0, from + BEGIN.length)}\n\n${figures}\n\n${text.slice(to)}`;
};

/** The formatter pads tables. */
const bare = (text: string): string => text.replaceAll(/-{2,}/g, '--').replaceAll(/\s+/g, ' ');

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const results = JSON.parse(readFileSync(inRoot(path.join('bench', 'results.json')), 'utf8')) as Results;
for (const [file, figures] of DOCUMENTS) {
  const text = readFileSync(inRoot(file), 'utf8');
  const wanted = withFigures(file, text, figures(results));
  if (!values.check) writeFileSync(inRoot(file), wanted);
  else if (bare(text) !== bare(wanted)) {
    console.error(`${file} tells other figures than bench/results.json: run \`npm run figures\``);
    process.exitCode = 1;
  }
}
if (!values.check) {
  const { status } = spawnSync(
    'oxfmt',
    DOCUMENTS.map(([file]) => inRoot(file)),
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
}
