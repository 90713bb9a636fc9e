import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { Client } from 'pg';
import type { KeyStore } from '../privacy/key-store.ts';
import { copyOut } from './copy.ts';
import { countLines, END_OF_ROWS, FORMAT, FORMAT_VERSION, line, type Header, type Table } from './format.ts';
import { PEOPLE, sealedPeople } from './people.ts';
import { BackupRefused } from './refused.ts';
import { sealing } from './seal.ts';
import { columnList, quoted, tablesIn } from './tables.ts';

export type BackupFigures = {
  readonly epoch: string;
  readonly position: number;
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
};
export type OnProgress = (events: number, ofEvents: number) => void;

/** The log bounds what is written: all of it comes from one snapshot of the database. */
const headOf = async (client: Client, madeAt: string): Promise<Header> => {
  const { rows } = await client.query<{ epoch: string; position: string }>('select epoch, position from public.log_head');
  const [head] = rows;
  if (head === undefined) throw new Error('The table log_head is empty: restore the database from an earlier backup.');
  const position = Number(head.position);
  return { format: FORMAT, version: FORMAT_VERSION, epoch: head.epoch, position, events: position, madeAt };
};

type Keys = Pick<KeyStore, 'make'>;

async function* rowsOf(client: Client, table: Table, keys: Keys): AsyncGenerator<Buffer, void, void> {
  if (table.table === PEOPLE) return yield sealedPeople(client, table, keys);
  const order = table.table === 'public.events' ? ' order by position' : '';
  yield* copyOut(client, `copy (select ${columnList(table)} from ${quoted(table.table)}${order}) to stdout`) as AsyncIterable<Buffer>;
}

async function* written(client: Client, header: Header, keys: Keys, onProgress: OnProgress): AsyncGenerator<Buffer, void, void> {
  yield line(header);
  const rows: { [table: string]: number } = {};
  for (const table of await tablesIn(client)) {
    yield line(table);
    let count = 0;
    for await (const chunk of rowsOf(client, table, keys)) {
      count += countLines(chunk);
      if (table.table === 'public.events') onProgress(count, header.events);
      yield chunk;
    }
    yield END_OF_ROWS;
    rows[table.table] = count;
  }
  yield line({ rows });
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

type Backup = {
  readonly ownerUrl: string;
  readonly file: string;
  /** Under which people are sealed. */
  readonly keys: Keys;
  readonly now: () => Date;
  readonly onProgress?: OnProgress;
};

/** Writes the log, and what stands beside it, as they are at one moment; whoever appends meanwhile is not kept waiting. */
export const backUp = async ({ ownerUrl, file, keys, now, onProgress = () => undefined }: Backup): Promise<BackupFigures> => {
  if (await exists(file))
    throw new BackupRefused('backup-file-exists', `${file} is there already: give another name, or take it away first.`);
  const started = performance.now();
  const client = new Client({ connectionString: ownerUrl, application_name: 'brigade backup' });
  await client.connect();
  const part = `${file}.part`;
  try {
    await client.query('begin isolation level repeatable read read only');
    const header = await headOf(client, now().toISOString());
    // The file holds hashes of passwords: for nobody else to read. `flush`: on the disk before it has its name.
    await pipeline(
      written(client, header, keys, onProgress),
      createZstdCompress(),
      sealing(),
      createWriteStream(part, { mode: 0o600, flush: true }),
    );
    await rename(part, file);
    const { epoch, position, events } = header;
    return { epoch, position, events, bytes: (await stat(file)).size, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await client.end();
  }
};
