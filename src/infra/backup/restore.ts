import { Client } from 'pg';
import type { KeyStore } from '../privacy/key-store.ts';
import type { OnProgress } from './backup.ts';
import { copyIn, type CopyIn } from './copy.ts';
import { countLines, damaged, partsOf, textOf, type Footer, type Header, type Table } from './format.ts';
import { openedPeople, PEOPLE } from './people.ts';
import { BackupRefused } from './refused.ts';
import { isSealed } from './seal.ts';
import { columnList, MUST_BE_EMPTY, quoted, tablesIn } from './tables.ts';

export type RestoreFigures = {
  /** Of the log it was made from. */
  readonly formerEpoch: string;
  readonly epoch: string;
  readonly position: number;
  readonly events: number;
  readonly madeAt: string;
  /** People whose name and address no key here opens. */
  readonly unreadable: number;
  readonly seconds: number;
};

const requireUnused = async (client: Client): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like 'brigade %' limit 1`,
  );
  const [other] = rows;
  if (other !== undefined)
    throw new BackupRefused('restore-in-use', `A program works on this database (${other.name}): stop it, then restore.`);
};

const requireEmpty = async (client: Client, tables: readonly Table[]): Promise<void> => {
  // Whoever appends waits for this row, and then finds another log.
  const { rows } = await client.query<{ position: string }>('select position from public.log_head for update');
  const hasAny = async (table: string): Promise<boolean> => (await client.query(`select from ${quoted(table)} limit 1`)).rowCount !== 0;
  for (const { table } of tables.filter((one) => MUST_BE_EMPTY.includes(one.table))) {
    if (rows[0]?.position === '0' && !(await hasAny(table))) continue;
    throw new BackupRefused(
      'restore-not-empty',
      `There is something in this database already (${table}): restore into a new data folder or database, nothing is ever overwritten.`,
    );
  }
  for (const { table } of tables.toReversed()) if (!MUST_BE_EMPTY.includes(table)) await client.query(`delete from ${quoted(table)}`);
};

const known = (table: Table, tables: readonly Table[]): Table => {
  const columns = tables.find((other) => other.table === table.table)?.columns ?? [];
  if (columns.length > 0 && table.columns.every((column) => columns.includes(column))) return table;
  throw new BackupRefused(
    'backup-unknown',
    `The backup holds ${table.table} as this Brigade does not know it: restore it with the version that made it, or newer.`,
  );
};

type Keys = Pick<KeyStore, 'read'>;
type Read = {
  readonly header: Header;
  readonly footer: Footer;
  readonly rows: { readonly [table: string]: number };
  readonly unreadable: number;
};

/** Copies all rows into their tables. */
const readInto = async (client: Client, file: string, tables: readonly Table[], keys: Keys, onProgress: OnProgress): Promise<Read> => {
  let header: Header | null = null;
  let footer: Footer | null = null;
  const rows: { [table: string]: number } = {};
  let open: { readonly name: string; readonly table: Table; readonly copy: CopyIn } | null = null;
  const people: Buffer[] = [];
  let unreadable = 0;
  let events = 0;
  for await (const part of partsOf(textOf(file))) {
    switch (part.kind) {
      case 'header':
        header = part.header;
        break;
      case 'table': {
        const table = known(part.table, tables);
        open = { name: table.table, table, copy: await copyIn(client, `copy ${quoted(table.table)} (${columnList(table)}) from stdin`) };
        break;
      }
      case 'rows':
        if (open?.name === PEOPLE) {
          people.push(part.rows);
          break;
        }
        await open?.copy.write(part.rows);
        if (open?.name !== 'public.events') break;
        events += countLines(part.rows);
        onProgress(events, header?.events ?? events);
        break;
      case 'end-of-rows':
        if (open?.name === PEOPLE) {
          const opened = await openedPeople(open.table, Buffer.concat(people), keys);
          ({ unreadable } = opened);
          if (opened.rows.length > 0) await open.copy.write(opened.rows);
        }
        if (open !== null) rows[open.name] = await open.copy.end();
        open = null;
        break;
      case 'footer':
        footer = part.footer;
    }
  }
  if (header === null || footer === null) throw new Error('A backup was read without its header or footer');
  return { header, footer, rows, unreadable };
};

const requireWhole = async (client: Client, { header, footer, rows }: Read): Promise<void> => {
  const { rows: found } = await client.query<{ events: string; last: string; head: string }>(
    'select count(*) as events, coalesce(max(position), 0) as last, (select position from public.log_head) as head from public.events',
  );
  const figures = [found[0]?.events, found[0]?.last, found[0]?.head].map(Number);
  const tables = Object.entries(footer.rows);
  const whole = figures.every((figure) => figure === header.events) && tables.every(([table, count]) => rows[table] === count);
  if (!whole) {
    throw damaged(`it holds ${JSON.stringify(rows)}`);
  }
};

/** Numbers given by the database go on after those read back. */
const goOnCounting = async (client: Client, tables: readonly Table[]): Promise<void> => {
  for (const { table, columns } of tables) {
    const sequences = await client.query<{ column: string; sequence: string }>(
      `select name as column, pg_get_serial_sequence($1, name) as sequence from unnest($2::text[]) as name where pg_get_serial_sequence($1, name) is not null`,
      [quoted(table), columns],
    );
    for (const { column, sequence } of sequences.rows) {
      const last = columnList({ table, columns: [column] });
      await client.query(`select setval($1, (select coalesce(max(${last}), 0) + 1 from ${quoted(table)}), false)`, [sequence]);
    }
  }
};

type Restore = { readonly ownerUrl: string; readonly file: string; readonly keys: Keys; readonly onProgress?: OnProgress };

/**
 * Reads a backup into a migrated, empty database, all of it or nothing. The log has a new epoch then: what was noted of the
 * former one is refused, read models are built anew, and policies go on where they were.
 */
export const restore = async ({ ownerUrl, file, keys, onProgress = () => undefined }: Restore): Promise<RestoreFigures> => {
  const started = performance.now();
  if (!(await isSealed(file))) throw damaged('it is cut off, or not as it was written');
  const client = new Client({ connectionString: ownerUrl, application_name: 'brigade restore' });
  await client.connect();
  try {
    await client.query('begin');
    await requireUnused(client);
    const tables = await tablesIn(client);
    await requireEmpty(client, tables);
    const read = await readInto(client, file, tables, keys, onProgress);
    await requireWhole(client, read);
    await goOnCounting(client, tables);
    const { rows } = await client.query<{ epoch: string }>('select public.begin_epoch() as epoch');
    await client.query('commit');
    await client.query('analyze');
    const { epoch: formerEpoch, position, events, madeAt } = read.header;
    const { unreadable } = read;
    return {
      formerEpoch,
      epoch: rows[0]?.epoch ?? '',
      position,
      events,
      madeAt,
      unreadable,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    // What was not committed is rolled back with the connection, also in the middle of a copy.
    await client.end();
  }
};
