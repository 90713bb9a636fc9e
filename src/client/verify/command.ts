import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { UsageError } from '../arguments.ts';
import { readHeads, readKeys } from './read.ts';
import { Tampered } from './tampered.ts';
import { verifyExport } from './verify.ts';

export const VERIFY_HELP = `brigade verify EXPORT --key FILE [--heads FILE]
  Checks an export of the log (GET /api/v1/audit/export) without the server.
  --key       the log's public key, as PEM; several, one after the other, where it was changed
  --heads     signed heads that were kept elsewhere (APP_AUDIT__HEADS_FILE, APP_AUDIT__HEADS_URL)
  Exit code 0: it is as it was recorded. 1: it is not; the first position that differs is named.`;

const CHUNK = 1 << 20;

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Tells once a second how much of a file was read. */
const progress = (total: number): ((bytes: number) => void) => {
  let read = 0;
  let shown = performance.now();
  return (bytes) => {
    read += bytes;
    if (performance.now() - shown < 1000) return;
    shown = performance.now();
    console.error(`${Math.floor((100 * read) / total)} % read`);
  };
};

/** Exit code: 0 as it was recorded, 1 not. */
export const verifyCommand = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { key: { type: 'string' }, heads: { type: 'string' } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || values.key === undefined) throw new UsageError('one EXPORT and --key are needed');
  const keys = await readKeys(values.key);
  const kept = values.heads === undefined ? new Map() : await readHeads(values.heads, keys);
  const size = await sizeOf(file);
  const started = performance.now();
  try {
    const { events, heads, end } = await verifyExport(createReadStream(file, { highWaterMark: CHUNK }), { keys, kept }, progress(size));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`verified ${events} events, head signed at ${end.signedAt} (${heads} heads before it; ${seconds} s)`);
    return 0;
  } catch (error) {
    if (!(error instanceof Tampered)) throw error;
    console.log(`NOT as recorded, from position ${error.position} on (${error.kind}): ${error.message}`);
    return 1;
  }
};
