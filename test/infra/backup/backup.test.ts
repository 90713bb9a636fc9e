import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { Client } from 'pg';
import { backUp } from '../../../src/infra/backup/backup.ts';
import { BackupRefused } from '../../../src/infra/backup/refused.ts';
import { restore } from '../../../src/infra/backup/restore.ts';
import { sealing } from '../../../src/infra/backup/seal.ts';
import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { memoryKeyStore } from '../privacy/memory-key-store.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { openStoreRoom, storeRoomOn, type StoreRoom } from '../policies/store-room.ts';

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof BackupRefused) return error.code;
    throw error;
  }
};

const now = () => new Date('2026-03-01T20:00:00Z');
const LOG = `select e.position, s.name, e.recorded_at::text as at, e.event_id, e.revision, e.type, e.data::text as data, e.metadata::text as metadata
  from events e join streams s on s.id = e.stream_id where e.position <= $1 order by e.position`;

const keys = memoryKeyStore();

describe('Backup and restore', () => {
  const bunId = randomUUID();
  let folder: string;
  let room: StoreRoom;
  let file: string;
  let position: number;
  let undo: (() => Promise<unknown>)[] = [];

  const ask = async (url: string, text: string, values: readonly unknown[] = []): Promise<readonly unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const emptyOne = async (): Promise<TestDatabase> => {
    const database = await testDatabase();
    undo.push(database.close);
    await migrateJobs(database.url);
    return database;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-backup-'));
    file = join(folder, 'evening.brigade');
    room = await openStoreRoom();
    await migrateJobs(room.ownerUrl);
    await room.defineItem(bunId, 1000, 3);
    for (let n = 0; n < 20; n++) await room.startTicket(bunId);
    await room.asOwner(`insert into users (id, email, full_name, password_hash, roles, created_at)
      values ('${randomUUID()}', 'ana@example.com', E'Ana\\tLine\\nBreak \\\\. \\\\N', 'hash', '{server}', now())`);
    ({ position } = await backUp({ ownerUrl: room.ownerUrl, file, keys, now }));
  });
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    undo = [];
  });
  after(async () => {
    await room.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings back every event to the letter, and the people, in a log of its own', async () => {
    const { url } = await emptyOne();
    const figures = await restore({ ownerUrl: url, file, keys });
    expect(figures).to.deep.include({ position, events: position, madeAt: now().toISOString() });
    expect(await ask(url, LOG, [position])).to.deep.equal(await ask(room.ownerUrl, LOG, [position]));
    const people = 'select email, full_name, password_hash, roles from users';
    expect(await ask(url, people)).to.deep.equal(await ask(room.ownerUrl, people));
    const [{ epoch }] = (await ask(url, 'select epoch from log_head')) as [{ epoch: string }];
    expect([figures.epoch === epoch, figures.formerEpoch === epoch]).to.deep.equal([true, false]);
  });

  it('goes on where the log ended, and answers an old key as before', async () => {
    const { url } = await emptyOne();
    await restore({ ownerUrl: url, file, keys });
    const restored = await storeRoomOn(url);
    undo.push(restored.close);
    expect(await restored.store.head()).to.equal(position);
    await restored.startTicket(bunId);
    expect(await restored.store.head()).to.equal(position + 1);
    const receipts =
      'select scope, key, fingerprint, outcome::text as outcome, stream, revision, position from receipts where position <= $1 order by scope, key';
    const kept = await ask(room.ownerUrl, receipts, [position]);
    expect(kept).not.to.deep.equal([]);
    expect(await ask(url, receipts, [position])).to.deep.equal(kept);
    const [first] = kept as [{ scope: string; key: string; stream: string }];
    expect(await restored.store.receipt(first.scope, first.key)).to.deep.include({ stream: first.stream });
  });

  it('holds one moment of a log that is written to', async () => {
    const busy = join(folder, 'busy.brigade');
    const stopping = new AbortController();
    const writers = Array.from({ length: 4 }, async () => {
      while (!stopping.signal.aborted) await room.startTicket(bunId);
    });
    const figures = await backUp({ ownerUrl: room.ownerUrl, file: busy, keys, now });
    stopping.abort();
    await Promise.all(writers);
    const { url } = await emptyOne();
    await restore({ ownerUrl: url, file: busy, keys });
    expect(await ask(url, LOG, [Number.MAX_SAFE_INTEGER])).to.deep.equal(await ask(room.ownerUrl, LOG, [figures.position]));
    expect(figures.position).to.be.below(await room.store.head());
  });

  it('keeps the file to its owner, and never writes over one', async () => {
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await codeOf(backUp({ ownerUrl: room.ownerUrl, file, keys, now }))).to.equal('backup-file-exists');
  });

  it('holds neither keys nor sessions', async () => {
    const text = zstdDecompressSync(await readFile(file)).toString();
    const tables = text.split('\n').flatMap((line) => (line.startsWith('{"table"') ? [(JSON.parse(line) as { table: string }).table] : []));
    expect(tables).to.include.members(['public.events', 'public.users', 'public.policy_checkpoints', 'bullmq.job']);
    expect(tables.filter((table) => /session|ticket|failure|key/.test(table))).to.deep.equal([]);
  });

  describe('refuses', () => {
    const EVERYTHING =
      'select (select position::int from log_head) + (select count(*)::int from events) + (select count(*)::int from users) as count';
    const refusedWith = async (damaged: Buffer): Promise<string> => {
      const { url } = await emptyOne();
      const other = join(folder, 'damaged.brigade');
      await writeFile(other, damaged);
      const code = await codeOf(restore({ ownerUrl: url, file: other, keys }));
      expect(await ask(url, EVERYTHING)).to.deep.equal([{ count: 0 }]);
      return code;
    };

    it('a database with something in it', async () => {
      const { url } = await emptyOne();
      await restore({ ownerUrl: url, file, keys });
      expect(await codeOf(restore({ ownerUrl: url, file, keys }))).to.equal('restore-not-empty');
    });

    it('a database that a program works on', async () => {
      const { url } = await emptyOne();
      const other = new Client({ connectionString: url, application_name: 'brigade app' });
      await other.connect();
      undo.push(() => other.end());
      expect(await codeOf(restore({ ownerUrl: url, file, keys }))).to.equal('restore-in-use');
    });

    it('a file that is cut off, wherever', async () => {
      const whole = await readFile(file);
      for (const share of [0, 0.1, 0.5, 0.9])
        expect(await refusedWith(whole.subarray(0, Math.floor(whole.length * share)))).to.equal('backup-damaged');
      expect(await refusedWith(whole.subarray(0, -1))).to.equal('backup-damaged');
    });

    it('a file with another byte, or with more', async () => {
      const whole = await readFile(file);
      for (const share of [0.3, 0.6, 0.95]) {
        const changed = Buffer.from(whole);
        const at = Math.floor(whole.length * share);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        expect(await refusedWith(changed)).to.equal('backup-damaged');
      }
      expect(await refusedWith(Buffer.concat([whole, zstdCompressSync('more\n')]))).to.equal('backup-damaged');
    });

    it('a file whose text was changed and packed again', async () => {
      const text = zstdDecompressSync(await readFile(file)).toString();
      const events = text.indexOf('OrderTicketStarted');
      expect(events).to.be.above(0);
      expect(await refusedWith(zstdCompressSync(`${text.slice(0, events)}OrderTicketStopped${text.slice(events + 18)}`))).to.equal(
        'backup-damaged',
      );
    });

    it('a file of another kind, or of a format yet to come', async () => {
      const packed = async (text: string): Promise<Buffer> => buffer(Readable.from([zstdCompressSync(text)]).pipe(sealing()));
      expect(await refusedWith(zstdCompressSync('{"hello":1}\n'))).to.equal('backup-damaged');
      expect(await refusedWith(await packed('{"hello":1}\n'))).to.equal('backup-damaged');
      expect(await refusedWith(await packed('{"format":"brigade-backup","version":3}\n'))).to.equal('backup-unknown');
    });
  });
});
