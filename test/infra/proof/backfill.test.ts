import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { migrate } from '../../../src/infra/postgres/migrate.ts';
import type { Append, Appended } from '../../../src/commands/ports.ts';
import { appendItem, appendParameters } from '../../../src/infra/event-store/postgres/append-call.ts';
import { emptyDatabase } from '../../support/postgres.ts';
import { asText, exported, fillLog, verifyText } from './chain-under-test.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../../src/infra/postgres/migrations');

const FORMER_PARAMETERS = 18;

/** As programs appended before they chained what they append. */
const appendAsBefore =
  (owner: Client) =>
  async (append: Append): Promise<Appended> => {
    const { rows } = await owner.query<{ epoch: string }>('select epoch from log_head');
    const how = { epoch: rows[0]?.epoch ?? '', careful: true, idOf: () => '0', links: null };
    const values = appendParameters([appendItem(append)], how).slice(0, FORMER_PARAMETERS);
    const places = values.map((_, nth) => `$${nth + 1}`).join(', ');
    const done = await owner.query<{ first: string; at: Date }>(`select first, at from append_batch(${places})`, [...values]);
    const [row] = done.rows;
    const count = append.events.length;
    return {
      kind: 'appended',
      revision: append.expected + count,
      position: Number(row?.first) + count,
      recordedAt: row?.at.toISOString() ?? '',
    };
  };

describe('A log from before there was a chain', () => {
  it('is chained as it lies, and goes on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'brigade-migrations-'));
    const before = readdirSync(MIGRATIONS).filter((name) => name < '0005');
    for (const name of before) copyFileSync(path.join(MIGRATIONS, name), path.join(folder, name));
    const database = await emptyDatabase();
    await migrate(database.url, folder);
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    try {
      const append = appendAsBefore(owner);
      await fillLog({ append }, 20);
      expect(await migrate(database.url)).to.include('0005-chain.sql');
      await fillLog({ append: (one) => append({ ...one, stream: `${one.stream}-more` }) }, 20);
      expect(verifyText(asText(await exported(owner)))).to.deep.include({ events: 100 });
    } finally {
      await owner.end();
      await database.close();
      rmSync(folder, { recursive: true });
    }
  });
});
