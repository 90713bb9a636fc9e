import { open, readFile, rename, rm } from 'node:fs/promises';
import { Client } from 'pg';

const FORMAT = 'brigade-keys';
const VERSION = 1;

const TAKE = `select json_build_object(
    'format', '${FORMAT}', 'version', ${VERSION}, 'madeAt', now(),
    'keys', (select coalesce(json_agg(k order by subject), '[]') from public.data_keys k),
    'secrets', (select coalesce(json_agg(s order by name), '[]') from public.secrets s))::text as text`;
// An erasure stands, whichever of the two it is in; otherwise what is there stays.
const PUT_KEYS = `insert into public.data_keys as here select k.* from json_populate_recordset(null::public.data_keys, $1::json -> 'keys') k
  on conflict (subject) do update set wrapped = null, wrapped_by = null, destroyed_at = excluded.destroyed_at, reason = excluded.reason,
    destroyed_by = excluded.destroyed_by where excluded.destroyed_at is not null and here.destroyed_at is null`;
const PUT_SECRETS = `insert into public.secrets as here select s.* from json_populate_recordset(null::public.secrets, $1::json -> 'secrets') s
  on conflict (name) do update set wrapped = excluded.wrapped, wrapped_by = excluded.wrapped_by`;

/** The file of keys cannot be written or read; the message says what to do. */
export class KeysFileRefused extends Error {
  readonly code = 'keys-file-refused';
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KeysFileRefused';
  }
}

const asOwner = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, application_name: 'brigade keys' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** All data keys, as they are: wrapped. The master key is not in it. Answers how many. */
export const backUpKeys = async (keysUrl: string, file: string): Promise<number> => {
  const { rows } = await asOwner(keysUrl, (client) => client.query<{ readonly text: string }>(TAKE));
  const text = rows[0]?.text ?? '';
  const part = `${file}.part`;
  try {
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return (JSON.parse(text) as { readonly keys: readonly unknown[] }).keys.length;
};

/** Adds the keys of a file to those that are there. Who is erased in either stays so. Answers how many the file has. */
export const restoreKeys = async (keysUrl: string, file: string): Promise<number> => {
  const text = await readFile(file, 'utf8');
  const content = parsed(text, file);
  await asOwner(keysUrl, async (client) => {
    await client.query('begin');
    await client.query(PUT_KEYS, [text]);
    await client.query(PUT_SECRETS, [text]);
    await client.query('commit');
  });
  return content.keys.length;
};

type Content = { readonly format?: unknown; readonly version?: unknown; readonly keys: readonly unknown[] };

const parsed = (text: string, file: string): Content => {
  try {
    const content = JSON.parse(text) as Content;
    if (content.format === FORMAT && content.version === VERSION && Array.isArray(content.keys)) return content;
  } catch (error) {
    throw new KeysFileRefused(`${file} is cut off, or no file of keys: take another copy of it.`, error);
  }
  throw new KeysFileRefused(`${file} is no file of keys that this Brigade knows: take one that \`brigade backup-keys\` made.`);
};
