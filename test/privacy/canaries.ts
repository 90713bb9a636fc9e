import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A text that is nowhere else in the world. */
export const canary = (): string => `canary${lettered(randomBytes(9).toString('hex'))}`;

/** Digits in a row might be a card's. */
const lettered = (text: string): string => text.replaceAll(/\d/g, (digit) => String.fromCharCode(103 + Number(digit)));

/** A planter of canaries, which remembers them all. */
export const aviary = () => {
  const planted: string[] = [];
  return {
    planted,
    plant: (): string => {
      const one = canary();
      planted.push(one);
      return one;
    },
  };
};

const TABLES = `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;

/** Every row of every table of a database as text: log, read models, feed, snapshots, outbox, receipts, jobs, accounts. */
export const everyRow = async (url: string): Promise<ReadonlyMap<string, string>> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ readonly name: string }>(TABLES);
    const texts = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ readonly text: string }>(`select row_to_json(t)::text as text from ${name} t`);
      texts.set(name, rows.map(({ text }) => text).join('\n'));
    }
    return texts;
  } finally {
    await client.end();
  }
};

/** Where canaries are still found: `place: canary`. */
export const found = (places: ReadonlyMap<string, string>, canaries: readonly string[]): readonly string[] =>
  [...places].flatMap(([place, text]) => canaries.filter((one) => text.includes(one)).map((one) => `${place}: ${one}`));

export const key = () => ({ 'idempotency-key': randomUUID() });
