import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { Client, type Pool } from 'pg';
import { v7 } from 'uuid';
import type { EventStore } from '../../src/commands/ports.ts';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { postgresAccount } from '../../src/infra/postgres/binaries.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { startEmbedded, type EmbeddedPostgres } from '../../src/infra/postgres/embedded.ts';
import { migrate } from '../../src/infra/postgres/migrate.ts';
import { noticeRestored } from '../../src/infra/postgres/notice-restored.ts';
import { projectionPositions } from '../../src/infra/projections/positions.ts';
import { startProjector } from '../../src/infra/projections/projector.ts';
import { projections } from '../../src/projections/all.ts';
import { appendOf, together, written } from '../infra/event-store/appends.ts';
import { happen, metadataAt, someEvening } from '../infra/projections/evening.ts';
import { log, unmeasured } from '../infra/projections/read-models.ts';
import { canonicalEvents, locationId } from '../support/canonical-events.ts';
import { expectReadModelsEqualFold } from '../support/oracle.ts';
import { rounded, secondsSince, type Trial } from './trial.ts';

const TABLES = 32;
const PAGE = 50;
const PATIENCE_MS = 600_000;

type Place = { readonly server: EmbeddedPostgres; readonly pool: Pool; readonly store: EventStore };

const openPlace = async (folder: string): Promise<Place> => {
  const server = await startEmbedded({ folder, durable: false, log });
  const pool = openPool(server.url, { name: 'recovery', max: 10, log });
  return { server, pool, store: postgresEventStore({ pool, url: server.url, log }) };
};

const closePlace = async ({ server, pool, store }: Place): Promise<void> => {
  await store.close();
  await pool.end();
  await server.stop();
};

/** Tables that are seated and freed again and again, until so many events are there. */
const seatAndFree = async (store: EventStore, count: number, onWritten: (events: number) => void): Promise<void> => {
  let sum = 0;
  await together(TABLES, async () => {
    const tableId = v7();
    const about = { metadata: metadataAt(locationId) };
    const defined = { ...canonicalEvents.TableDefined, data: { ...canonicalEvents.TableDefined.data, tableId } };
    written(await store.append(appendOf(`Table-${tableId}`, 0, { ...about, events: [defined] })));
    for (let revision = 1; sum < count; revision += PAGE) {
      sum += PAGE;
      const events = Array.from({ length: PAGE }, (_, nth) =>
        nth % 2 === 0 ? { type: 'TableSeated', data: { tableId, covers: 1 + (nth % 6) } } : { type: 'TableReleased', data: { tableId } },
      );
      written(await store.append(appendOf(`Table-${tableId}`, revision, { ...about, events })));
      onWritten(sum);
    }
  });
};

const asAdmin = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** As an administrator does it: between start and stop of the backup the files are copied, while others write. */
const copyFiles = async (adminUrl: string, from: string, to: string): Promise<void> => {
  await asAdmin(adminUrl, async (client) => {
    await client.query(`select pg_backup_start('base', true)`);
    execFileSync('cp', ['-a', from, to], { stdio: 'ignore' });
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop()');
    writeFileSync(path.join(to, 'data', 'backup_label'), rows[0]?.labelfile ?? '');
  });
  for (const file of ['postmaster.pid', 'postmaster.opts']) rmSync(path.join(to, 'data', file), { force: true });
};

const recoverTo = (home: string, archive: string, target: string): void => {
  const data = path.join(home, 'data');
  for (const file of readdirSync(path.join(data, 'pg_wal'), { withFileTypes: true })) {
    if (file.isFile()) rmSync(path.join(data, 'pg_wal', file.name));
  }
  writeFileSync(path.join(data, 'recovery.signal'), '');
  appendFileSync(
    path.join(data, 'postgresql.auto.conf'),
    `archive_mode = off\nrestore_command = 'cp "${archive}/%f" "%p"'\nrecovery_target_name = '${target}'\nrecovery_target_action = 'promote'\n`,
  );
  execFileSync('chown', ['-R', `--reference=${data}`, data]);
};

const CHAIN = `select encode(chain, 'hex') as chain from public.events where position = $1`;
const chainAt = async (pool: Pool, position: number): Promise<string | null> =>
  (await pool.query<{ chain: string }>(CHAIN, [position])).rows[0]?.chain ?? null;

const archiveTo = async (folder: string, archive: string): Promise<void> => {
  const first = await openPlace(folder);
  await asAdmin(first.server.adminUrl, async (client) => {
    await client.query('alter system set archive_mode = on');
    await client.query(`alter system set archive_command = 'cp "%p" "${archive}/%f"'`);
  });
  await closePlace(first);
};

const untilArchived = (adminUrl: string): Promise<void> =>
  asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file');
    for (const giveUp = performance.now() + PATIENCE_MS; performance.now() < giveUp; await pause(50)) {
      const { rows: archived } = await client.query<{ done: boolean }>(
        'select coalesce(last_archived_wal >= $1, false) as done from pg_stat_archiver',
        [rows[0]?.file],
      );
      if (archived[0]?.done === true) return;
    }
    throw new Error('The last file of the write-ahead log was not archived');
  });

const run: Trial['run'] = async (size, { progress }) => {
  const root = await mkdtemp(path.join(tmpdir(), 'brigade-recovery-'));
  chmodSync(root, 0o711);
  const [one, two, archive] = [path.join(root, 'one'), path.join(root, 'two'), path.join(root, 'archive')];
  mkdirSync(archive, { mode: 0o700 });
  const account = postgresAccount();
  if (account !== null) chownSync(archive, account.uid, account.gid);
  let second: Place | null = null;
  try {
    await archiveTo(one, archive);
    const first = await openPlace(one);
    await migrate(first.server.url);
    expect(await noticeRestored(first.server.url)).to.equal(false);
    await happen(first.store, someEvening(400, 7));
    mkdirSync(two, { mode: 0o711 });
    const writing = seatAndFree(first.store, size, progress);
    await copyFiles(first.server.adminUrl, path.join(one, 'postgres'), path.join(two, 'postgres'));
    await writing;
    const position = await first.store.head();
    const chain = await chainAt(first.pool, position);
    await asAdmin(first.server.adminUrl, (client) => client.query(`select pg_create_restore_point('evening')`));
    await happen(first.store, someEvening(100, 8));
    await untilArchived(first.server.adminUrl);
    await closePlace(first);

    recoverTo(path.join(two, 'postgres'), archive, 'evening');
    const begun = performance.now();
    second = await openPlace(two);
    const minutes = secondsSince(begun) / 60;
    const { server, pool, store } = second;
    expect([await store.head(), await chainAt(pool, position)], 'the log’s end and its hash').to.deep.equal([position, chain]);
    expect(await noticeRestored(server.url), 'known to be another log').to.equal(true);
    const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from public.events');
    const missing = position - (rows[0]?.count ?? 0);
    expect(missing, 'events missing').to.equal(0);

    const positions = await projectionPositions({ pool, url: server.url, log });
    const projector = startProjector({ ownerUrl: server.url, store, projections, log, metrics: unmeasured });
    const names = projections.map(({ name }) => name);
    expect(await positions.waitFor(names, position, PATIENCE_MS), 'read models are rebuilt').to.equal(true);
    await expectReadModelsEqualFold(store, pool);
    await projector.stop();
    await positions.close();
    return { events: position, missing, 'minutes per million events': rounded((minutes * 1_000_000) / position) };
  } finally {
    if (second !== null) await closePlace(second);
    await rm(root, { recursive: true, force: true });
  }
};

/** The files are copied while others write, and the log of changes goes on from there to one moment of the evening. */
export const recovery: Trial = { name: 'recovery', unit: 'events', short: 3_000, long: 1_000_000, run };
