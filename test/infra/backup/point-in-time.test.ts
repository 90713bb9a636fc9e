import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { startEmbedded } from '../../../src/infra/postgres/embedded.ts';
import { migrate } from '../../../src/infra/postgres/migrate.ts';
import { noticeRestored } from '../../../src/infra/postgres/notice-restored.ts';
import { testDatabase } from '../../support/postgres.ts';
import { startRunner } from '../policies/running.ts';
import { silent, storeRoomOn } from '../policies/store-room.ts';

const run = (command: string, ...args: readonly string[]): string => {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
};

/** The embedded server's major version. */
const SERVER_VERSION = 18;
const folderOfTools = `/usr/lib/postgresql/${SERVER_VERSION}/bin`;
const pgDumpFolder = existsSync(join(folderOfTools, 'pg_dump')) ? folderOfTools : null;
const ignored = (_title: string, _run: () => Promise<void>): void => undefined;

describe('PostgreSQL’s own backups', function () {
  this.timeout(60_000);

  it('recover the log to a point in time, as another one; policies go on from there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brigade-recovered-'));
    chmodSync(folder, 0o711);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const bunId = randomUUID();
    const first = await startEmbedded({ folder: one, durable: false, log: silent });
    await migrate(first.url);
    expect(await noticeRestored(first.url)).to.equal(false);
    const room = await storeRoomOn(first.url);
    await room.defineItem(bunId, 100, 3);
    const admin = new Client({ connectionString: first.adminUrl });
    await admin.connect();
    await admin.query(`select pg_backup_start('base', true)`);
    mkdirSync(two, { mode: 0o711 });
    run('cp', '-a', join(one, 'postgres'), join(two, 'postgres'));
    const { rows } = await admin.query<{ labelfile: string }>('select labelfile from pg_backup_stop()');
    const runner = startRunner(room);
    await room.startTicket(bunId);
    await runner.caughtUp();
    await admin.query(`select pg_create_restore_point('evening')`);
    const position = await room.store.head();
    await room.startTicket(bunId);
    await runner.caughtUp();
    await runner.stop();
    expect(await room.store.head()).to.be.above(position);
    const data = join(two, 'postgres', 'data');
    await admin.query('select pg_switch_wal()');
    run('cp', '-a', `${join(one, 'postgres', 'data', 'pg_wal')}/.`, join(data, 'pg_wal'));
    await room.close();
    await admin.end();
    await first.stop();

    for (const file of ['postmaster.pid', 'postmaster.opts']) rmSync(join(data, file), { force: true });
    writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    writeFileSync(join(data, 'recovery.signal'), '');
    appendFileSync(
      join(data, 'postgresql.auto.conf'),
      `restore_command = 'false'\nrecovery_target_name = 'evening'\nrecovery_target_action = 'promote'\n`,
    );
    run('chown', '-R', `--reference=${data}`, data);

    const second = await startEmbedded({ folder: two, durable: false, log: silent });
    const restored = await storeRoomOn(second.url);
    expect(await restored.store.head()).to.equal(position);
    await restored.close();
    expect([await noticeRestored(second.url), await noticeRestored(second.url)]).to.deep.equal([true, false]);
    const again = await storeRoomOn(second.url);
    const running = startRunner(again);
    await running.caughtUp();
    expect(running.sent).to.deep.equal([]);
    await again.startTicket(bunId);
    await running.caughtUp();
    await running.stop();
    expect(await again.events('StockItemConsumed')).to.have.length(2);
    await again.close();
    await second.stop();
    await rm(folder, { recursive: true, force: true });
  });

  // Where there is no pg_dump of the embedded server's version this is not asked.
  (pgDumpFolder === null ? ignored : it)('bring the log back from pg_dump, as another one', async () => {
    const bin = pgDumpFolder ?? '';
    const [from, to] = [await testDatabase(), await testDatabase()];
    const room = await storeRoomOn(from.url);
    await room.defineItem(randomUUID(), 4, 3);
    expect(await noticeRestored(from.url)).to.equal(false);
    const position = await room.store.head();
    const dump = join(await mkdtemp(join(tmpdir(), 'brigade-dump-')), 'dump');
    run(join(bin, 'pg_dump'), '-Fc', '-f', dump, from.url);
    run(join(bin, 'pg_restore'), '--clean', '--if-exists', '-d', to.url, dump);
    const restored = await storeRoomOn(to.url);
    expect(await noticeRestored(to.url)).to.equal(true);
    expect(await restored.store.head()).to.equal(position);
    await restored.close();
    await room.close();
    await Promise.all([from.close(), to.close(), rm(dump)]);
  });
});
