import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { attack, type Area } from './attack.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'src');

/** Regular expressions, and `pattern`s of schemas, wherever they stand in the source. */
const LITERAL = /(?<=[=(,:&|?!{\s])\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)(?=[\s.,;)\]:])/g;
const PATTERN = /(?:pattern: |form\(\s*)'((?:\\.|[^'\\])+)'/g;

type Found = { readonly file: string; readonly source: string; readonly flags: string };

const compiles = ({ source, flags }: Found): boolean => {
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
};

const unescaped = (text: string): string => text.replaceAll('\\\\', '\\').replaceAll("\\'", "'");

const found: readonly Found[] = globSync('**/*.ts', { cwd: SOURCE })
  .toSorted()
  .flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
      .join('\n');
    return [
      ...[...text.matchAll(LITERAL)].map(([, source = '', flags = '']) => ({ file, source, flags })),
      ...[...text.matchAll(PATTERN)].map(([, source = '']) => ({ file, source: unescaped(source), flags: 'u' })),
    ];
  })
  .filter(compiles);

const distinct = [...new Map(found.map((one) => [`${one.source}/${one.flags}`, one])).values()];

/** Long texts that almost fit: what greedy patterns read again and again. */
const PIECES = [
  'a',
  '0',
  ' ',
  '\t',
  '.',
  ',',
  ':',
  '-',
  '/',
  '\\',
  'a.',
  '0.',
  'a ',
  ' a',
  '0-',
  'a:',
  '://',
  '@',
  'a@',
  'eyJ',
  'eyJ.',
  '%',
  '"',
  'aA0',
  '\r\n',
  '$',
];
const LENGTH = 50_000;
const TOO_LONG_MS = 2000;
const ENDS = ['', '\u0001', '!', ' ', 'a'];
const STARTS = ['', '://', 'eyJ', 'Bearer ', 'W/"', '-', 'a', '0'];

const search = new Script('for (const text of texts) { pattern.lastIndex = 0; pattern.test(text); }');

const bombs: readonly string[] = PIECES.flatMap((piece) => {
  const long = piece.repeat(Math.ceil(LENGTH / piece.length));
  return [...ENDS.map((end) => long + end), ...STARTS.map((start) => `${start}${long}\u0001`)];
});

/** What no timer can stop in its thread: the engine is told to give up. */
const outlasted = (pattern: RegExp): boolean => {
  try {
    search.runInContext(createContext({ texts: bombs, pattern }), { timeout: TOO_LONG_MS });
    return false;
  } catch {
    return true;
  }
};

export const patternBombs: Area = {
  name: 'texts that wear regular expressions out',
  attacks: distinct.map(({ file, source, flags }) =>
    attack(`/${source}/${flags} in ${file}`, async () => (outlasted(new RegExp(source, flags)) ? `more than ${TOO_LONG_MS} ms` : null)),
  ),
};
