import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { DependencyDown, type Metadata } from '../../../src/commands/ports.ts';
import { backUp } from '../../../src/infra/backup/backup.ts';
import { restore } from '../../../src/infra/backup/restore.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { postgresJobs } from '../../../src/infra/jobs/backend.ts';
import { openMail } from '../../../src/infra/jobs/mail.ts';
import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { runRelay } from '../../../src/infra/jobs/relay.ts';
import { reorderAlertHandler } from '../../../src/infra/jobs/reorder-alert.ts';
import { PoliciesOfAnotherLog } from '../../../src/infra/policies/runner.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { noticeRestored } from '../../../src/infra/postgres/notice-restored.ts';
import { expectReadModelsEqualFold } from '../../support/oracle.ts';
import { serverUrl, testDatabase } from '../../support/postgres.ts';
import { openMailbox, type Mailbox } from '../jobs/mailbox.ts';
import { openWorkshop } from '../jobs/workshop.ts';
import { startRunner } from '../policies/running.ts';
import { openStoreRoom, silent, storeRoomOn, type StoreRoom } from '../policies/store-room.ts';
import { openReadModels } from '../projections/read-models.ts';
import { memoryKeyStore } from '../privacy/memory-key-store.ts';

const now = () => new Date('2026-03-01T20:00:00Z');

const keys = memoryKeyStore();

describe('A log with another epoch', () => {
  let undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    undo = [];
  });
  const opened = async (): Promise<StoreRoom> => {
    const room = await openStoreRoom();
    undo.push(room.close);
    return room;
  };

  describe('after a restore', () => {
    let mailbox: Mailbox;
    beforeEach(async () => {
      mailbox = await openMailbox();
      undo.push(mailbox.close);
    });

    /** Policies, relay and worker, until `enough` mails have come, or as long as nothing is left to do. */
    const workOn = async (room: StoreRoom, enough: number): Promise<void> => {
      const mail = openMail({ url: mailbox.url, from: 'Kitchen <kitchen@brigade.test>', to: ['buyer@brigade.test'] });
      const shop = openWorkshop(room, postgresJobs(room.ownerUrl, silent));
      const stopping = new AbortController();
      const runner = startRunner(room);
      const relayed = Promise.withResolvers<void>();
      const worker = shop.work(reorderAlertHandler(room.send, mail));
      await runner.caughtUp();
      const relay = runRelay(
        { ...shop.relay, ownerUrl: room.ownerUrl, onPending: (jobs) => void (jobs === 0 && relayed.resolve()) },
        stopping.signal,
      );
      await relayed.promise;
      await mailbox.has(enough);
      while ((await room.asOwner(`select from bullmq.job where state in ('waiting', 'active', 'delayed')`)).length > 0);
      stopping.abort();
      await Promise.all([relay, runner.stop(), worker.stop()]);
      mail.close();
      await shop.close();
    };

    it('raises and mails nothing twice, and goes on with what is new', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'brigade-backup-'));
      undo.push(() => rm(folder, { recursive: true, force: true }));
      const file = join(folder, 'backup');
      const [bunId, beefId] = [randomUUID(), randomUUID()];
      const room = await opened();
      await migrateJobs(room.ownerUrl);
      await room.defineItem(bunId, 4, 3);
      await room.defineItem(beefId, 4, 3);
      await room.startTicket(bunId);
      await workOn(room, 1);
      await backUp({ ownerUrl: room.ownerUrl, file, keys, now });
      const raised = await room.events('AlertRaised');
      const consumed = await room.events('StockItemConsumed');
      expect([raised.length, mailbox.received.length]).to.deep.equal([1, 1]);

      const database = await testDatabase();
      undo.push(database.close);
      await migrateJobs(database.url);
      await restore({ ownerUrl: database.url, file, keys });
      const restored = await storeRoomOn(database.url);
      undo.push(restored.close);
      await workOn(restored, 1);
      expect(await restored.events('AlertRaised')).to.deep.equal(raised);
      expect(await restored.events('StockItemConsumed')).to.deep.equal(consumed);
      expect(mailbox.received).to.have.length(1);
      expect(await restored.asOwner('select from policy_refusals')).to.deep.equal([]);

      await restored.startTicket(beefId);
      await workOn(restored, 2);
      expect(await restored.events('AlertRaised')).to.have.length(2);
      expect(mailbox.received.map(({ subject }) => subject)).to.have.length(2);
    });

    it('does a job that was not done yet when the backup was made, once', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'brigade-backup-'));
      undo.push(() => rm(folder, { recursive: true, force: true }));
      const file = join(folder, 'backup');
      const bunId = randomUUID();
      const room = await opened();
      await migrateJobs(room.ownerUrl);
      await room.defineItem(bunId, 4, 3);
      await room.startTicket(bunId);
      const runner = startRunner(room);
      await runner.caughtUp();
      await runner.stop();
      await backUp({ ownerUrl: room.ownerUrl, file, keys, now });

      const database = await testDatabase();
      undo.push(database.close);
      await migrateJobs(database.url);
      await restore({ ownerUrl: database.url, file, keys });
      const restored = await storeRoomOn(database.url);
      undo.push(restored.close);
      await workOn(restored, 1);
      expect(await restored.events('AlertRaised')).to.have.length(1);
      expect(mailbox.received).to.have.length(1);
    });
  });

  it('is noticed where the database is a copy, once', async () => {
    const database = await testDatabase();
    undo.push(database.close);
    const room = await storeRoomOn(database.url);
    await room.defineItem(randomUUID(), 4, 3);
    expect(await noticeRestored(room.ownerUrl)).to.equal(false);
    const runner = startRunner(room);
    await runner.caughtUp();
    await runner.stop();
    const before = await room.asOwner('select epoch from log_head');
    const head = await room.store.head();
    await room.close();

    const name = `copy_${randomUUID().replaceAll('-', '')}`;
    const original = new URL(room.ownerUrl).pathname.slice(1);
    const server = new Client({ connectionString: serverUrl() });
    await server.connect();
    undo.push(async () => {
      await server.query(`drop database if exists ${name} with (force)`);
      await server.end();
    });
    await server.query(`create database ${name} template ${original}`);
    const copy = await storeRoomOn(serverUrl(name));
    undo.push(copy.close);
    expect([await noticeRestored(copy.ownerUrl), await noticeRestored(copy.ownerUrl)]).to.deep.equal([true, false]);
    const [after] = await copy.asOwner('select epoch from log_head');
    expect(after).not.to.deep.equal(before[0]);
    expect(await copy.asOwner(`select distinct checkpoint, position::int as position from policy_checkpoints`)).to.deep.equal([
      { checkpoint: `${String(after?.['epoch'])}/${head}`, position: head },
    ]);
    const again = startRunner(copy);
    await again.caughtUp();
    await again.stop();
    expect(again.sent).to.deep.equal([]);
  });

  it('has its read models built anew, also under a projector that runs', async () => {
    const models = await openReadModels();
    undo.push(models.close);
    const room = await storeRoomOn(models.url);
    undo.push(room.close);
    await room.defineItem(randomUUID(), 4, 3);
    models.start();
    await models.reached(await room.store.head());
    await models.owner.query(`update read_models.stock_levels set on_hand = 999`);
    const { rows } = await models.owner.query<{ epoch: string }>('select begin_epoch() as epoch');
    const epoch = rows[0]?.epoch ?? '';
    const ofThisLog = `select count(*)::int as count from projection_checkpoints where not building and checkpoint not like '${epoch}/%'`;
    while ((await models.owner.query<{ count: number }>(ofThisLog)).rows[0]?.count !== 0);
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('stops the policies with a clear word where their progress was not brought along', async () => {
    const room = await opened();
    await room.defineItem(randomUUID(), 4, 3);
    const first = startRunner(room);
    await first.caughtUp();
    await first.stop();
    await room.asOwner('update log_head set epoch = gen_random_uuid()');
    const second = startRunner(room, { pause: () => Promise.resolve() });
    const error: unknown = await second.ended.catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(PoliciesOfAnotherLog);
    expect(String(error)).to.include('policy_checkpoints');
  });

  it('has nothing done by a program that ran before it: all waits until that is started again', async () => {
    const room = await opened();
    const bunId = randomUUID();
    await room.defineItem(bunId, 4, 3);
    const waits = Promise.withResolvers<void>();
    const waiting = (_ms: number, signal: AbortSignal): Promise<void> => {
      waits.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    };
    await room.asOwner('select begin_epoch()');
    const other = await storeRoomOn(room.ownerUrl);
    undo.push(other.close);
    await other.startTicket(bunId);
    const runner = startRunner(room, { pause: waiting });
    await waits.promise;
    await runner.stop();
    expect(await room.asOwner('select from policy_refusals')).to.deep.equal([]);

    const started = startRunner(other);
    await started.caughtUp();
    await started.stop();
    expect(await room.events('StockItemConsumed')).to.have.length(1);
  });

  it('tells a program that writes to it that it is another one', async () => {
    const database = await testDatabase();
    const pool = openPool(database.url, { name: 'test', max: 3, log: silent });
    let told = 0;
    const store = postgresEventStore({ pool, url: database.url, onAnotherLog: () => told++ });
    undo.push(database.close, () => pool.end(), store.close);
    const opened = { events: [{ type: 'TableReleased', data: {} }], metadata: {} as Metadata, receipt: null };
    await store.append({ stream: 'Table-1', expected: 0, ...opened });
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    await owner.query('select begin_epoch()');
    await owner.end();
    const refused: unknown = await store.append({ stream: 'Table-1', expected: 1, ...opened }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DependencyDown);
    expect(told).to.equal(1);
  });
});
