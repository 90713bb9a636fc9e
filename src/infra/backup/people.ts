import type { Client } from 'pg';
import { ERASED } from '../../domain/personal.ts';
import { erasedAddress } from '../privacy/erase-account.ts';
import type { KeyStore } from '../privacy/key-store.ts';
import { openText, sealText, subjectOf, type Place } from '../privacy/seal-text.ts';
import { columnList, quoted } from './tables.ts';
import type { Table } from './format.ts';

/** What a backup knows of people outside the log is sealed as it is in the log: whoever is erased is erased from old backups too. */
export const PEOPLE = 'public.users';
const SUBJECT = 'id';
const PERSONAL: readonly string[] = ['email', 'full_name'];

/** A row's columns as PostgreSQL writes them, in the table's order. */
type Values = readonly (string | null)[];

const ESCAPES: { readonly [character: string]: string } = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const UNESCAPES: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** As COPY writes a row. */
const toLine = (values: Values): string =>
  `${values.map((value) => (value === null ? '\\N' : value.replaceAll(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found))).join('\t')}\n`;

const fromLine = (line: string): Values =>
  line
    .split('\t')
    .map((value) => (value === '\\N' ? null : value.replaceAll(/\\(.)/g, (_, letter: string) => UNESCAPES[letter] ?? letter)));

const placeOf = (subject: string, column: string): Place => ({ stream: PEOPLE, revision: 0, type: 'backup', field: column, subject });

/** Each row's personal columns changed; `subject` is whose they are. */
const changed = (
  { columns }: Table,
  rows: readonly Values[],
  to: (text: string, column: string, subject: string) => string,
): readonly Values[] =>
  rows.map((row) => {
    const subject = row[columns.indexOf(SUBJECT)] ?? '';
    return row.map((value, index) => {
      const column = columns[index] ?? '';
      return value === null || !PERSONAL.includes(column) ? value : to(value, column, subject);
    });
  });

/** The table's rows as a backup has them. */
export const sealedPeople = async (client: Client, table: Table, keys: Pick<KeyStore, 'make'>): Promise<Buffer> => {
  const texts = table.columns.map((column) => `${columnList({ ...table, columns: [column] })}::text`).join(', ');
  const { rows } = await client.query<(string | null)[]>({ text: `select ${texts} from ${quoted(table.table)}`, rowMode: 'array' });
  const subjects = rows.map((row) => ({ id: row[table.columns.indexOf(SUBJECT)] ?? '', kind: 'staff' as const }));
  const made = await keys.make(subjects, null);
  const sealed = changed(table, rows, (text, column, subject) => {
    const key = made.get(subject) ?? null;
    // Erased, and so what stands here says nothing of anybody; or erased this very moment.
    if (key === null) return column === 'email' ? erasedAddress(subject) : ERASED;
    return sealText(key, text, placeOf(subject, column));
  });
  return Buffer.from(sealed.map(toLine).join(''));
};

export type OpenedPeople = { readonly rows: Buffer; readonly unreadable: number };

/** What `sealedPeople` sealed, opened; who was erased, or has no key here, comes without name and address. */
export const openedPeople = async (table: Table, written: Buffer, keys: Pick<KeyStore, 'read'>): Promise<OpenedPeople> => {
  const lines = written.toString('utf8').split('\n').slice(0, -1);
  const rows = lines.map(fromLine);
  const subjects = new Set<string>();
  changed(table, rows, (text) => {
    const subject = subjectOf(text);
    if (subject !== null) subjects.add(subject);
    return text;
  });
  const known = subjects.size === 0 ? new Map<string, Buffer>() : await keys.read([...subjects]);
  const unreadable = [...subjects].filter((subject) => !known.has(subject)).length;
  const opened = changed(table, rows, (text, column, subject) => {
    if (subjectOf(text) === null) return text;
    const key = known.get(subject) ?? null;
    const plain = key === null ? null : openText(key, text, placeOf(subject, column));
    return plain ?? (column === 'email' ? erasedAddress(subject) : ERASED);
  });
  return { rows: Buffer.from(opened.map(toLine).join('')), unreadable };
};
