import type { Column, Row } from '../../projections/projection.ts';

const SPECIAL = /[\\\n\r\t]/;
const ESCAPED: { readonly [character: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (text: string): string =>
  SPECIAL.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (character) => ESCAPED[character] ?? '') : text;

const isJson = (column: Column): boolean => column === 'json' || column === 'json?';

const fieldOf = (value: Row[string] | undefined, json: boolean): string => {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'string' && !json) return escaped(value);
  return typeof value === 'object' || json ? escaped(JSON.stringify(value)) : String(value);
};

/** Rows as COPY's text format has them, in the order of the columns. */
export const copiedRows = (columns: { readonly [name: string]: Column }, rows: readonly Row[]): Buffer => {
  const fields = Object.entries(columns).map(([name, column]) => ({ name, json: isJson(column) }));
  return Buffer.from(rows.map((row) => `${fields.map(({ name, json }) => fieldOf(row[name], json)).join('\t')}\n`).join(''));
};
