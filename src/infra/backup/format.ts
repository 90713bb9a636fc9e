import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough, type Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { BackupRefused } from './refused.ts';

/*
A backup is text, compressed with zstd: a line of JSON that says what it is; then tables, each a line of JSON (its name and columns),
rows as PostgreSQL's COPY writes them, and a line with `\.`; then a line of JSON with how many rows there are. A seal ends the file (seal.ts).
*/

export const FORMAT = 'brigade-backup';
/** 2: people are sealed. */
export const FORMAT_VERSION = 2;
const KNOWN_VERSIONS: readonly unknown[] = [1, FORMAT_VERSION];
export const END_OF_ROWS = Buffer.from('\\.\n');

export type Header = {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Of the log it was made from; a restored one has another. */
  readonly epoch: string;
  /** The log's last, and so the number of its events. */
  readonly position: number;
  readonly events: number;
  readonly madeAt: string;
};
export type Table = { readonly table: string; readonly columns: readonly string[] };
export type Footer = { readonly rows: { readonly [table: string]: number } };

export type Part =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'rows'; readonly rows: Buffer }
  | { readonly kind: 'end-of-rows' }
  | { readonly kind: 'footer'; readonly footer: Footer };

export const line = (value: Header | Table | Footer): Buffer => Buffer.from(`${JSON.stringify(value)}\n`);

export const damaged = (why: string, cause?: unknown): BackupRefused =>
  new BackupRefused(
    'backup-damaged',
    `The backup is damaged (${why}): take another copy of it, or the one before. Nothing was restored.`,
    cause,
  );

const NEWLINE = 0x0a;
const MARK = Buffer.concat([Buffer.from('\n'), END_OF_ROWS]);

export const countLines = (text: Buffer): number => {
  let count = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) count++;
  return count;
};

const parsed = (text: Buffer): { readonly [name: string]: unknown } => {
  try {
    return JSON.parse(text.toString()) as { readonly [name: string]: unknown };
  } catch (error) {
    throw damaged('a line that is not JSON', error);
  }
};

const headerFrom = (text: Buffer): Header => {
  const header = parsed(text);
  if (header['format'] !== FORMAT) throw damaged('it is no backup of Brigade');
  if (!KNOWN_VERSIONS.includes(header['version'])) {
    throw new BackupRefused(
      'backup-unknown',
      `The backup has format version ${String(header['version'])}, this Brigade knows up to ${FORMAT_VERSION}: restore it with the version that made it, or newer.`,
    );
  }
  return header as unknown as Header;
};

/** The parts in order, the footer last. Throws BackupRefused where it is no whole backup. */
export async function* partsOf(text: AsyncIterable<Buffer>): AsyncGenerator<Part, void, void> {
  let state = 'header' as 'header' | 'between' | 'rows' | 'footer';
  let rest: Buffer = Buffer.alloc(0);
  const take = (length: number): Buffer => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  const between = (written: Buffer): Part => {
    const content = parsed(written);
    if ('table' in content) {
      state = 'rows';
      return { kind: 'table', table: content as unknown as Table };
    }
    state = 'footer';
    return { kind: 'footer', footer: content as unknown as Footer };
  };
  const next = (): Part | null => {
    if (state === 'rows' && rest.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)) {
      take(END_OF_ROWS.length);
      state = 'between';
      return { kind: 'end-of-rows' };
    }
    if (state === 'rows') {
      const mark = rest.indexOf(MARK);
      const length = 1 + (mark === -1 ? rest.lastIndexOf(NEWLINE) : mark);
      if (length === 0) return null;
      return { kind: 'rows', rows: take(length) };
    }
    const end = rest.indexOf(NEWLINE);
    if (end === -1) return null;
    if (state === 'footer') throw damaged('something follows its end');
    const written = take(end + 1);
    if (state === 'between') return between(written);
    state = 'between';
    return { kind: 'header', header: headerFrom(written) };
  };

  for await (const chunk of text) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let part = next(); part !== null; part = next()) yield part;
  }
  if (state !== 'footer' || rest.length > 0) throw damaged('it is cut off');
}

/** The text of a backup file. Throws BackupRefused where it cannot be decompressed. */
export async function* textOf(file: string): AsyncGenerator<Buffer, void, void> {
  const out = new PassThrough({ highWaterMark: 1024 * 1024 });
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const decompressed = pipeline(source, createZstdDecompress(), out);
  decompressed.catch((error: Error) => void out.destroy(error));
  try {
    yield* out as Readable as AsyncIterable<Buffer>;
    await decompressed;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' ? error : damaged('it cannot be decompressed', error);
  }
}
