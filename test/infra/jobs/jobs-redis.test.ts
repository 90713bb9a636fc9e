import { expect } from 'chai';
import { Redis } from 'ioredis';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { redisJobs, type JobBackend } from '../../../src/infra/jobs/backend.ts';
import { openStoreRoom, silent } from '../policies/store-room.ts';
import { alertsContract } from './alerts-contract.ts';
import { jobsContract } from './contract.ts';
import { freePort, startRedis, type RedisServer } from './redis-server.ts';
import { startWorkerProcess } from './start-worker.ts';
import { openWorkshop } from './workshop.ts';

describe('With a redis-server (none on the PATH: skipped)', () => {
  let server: RedisServer | null = null;
  before(async function () {
    server = await startRedis();
    if (server === null) this.skip();
  });
  after(() => server?.stop());

  const url = (): string => server?.url ?? '';
  const open = async (): Promise<JobBackend> => {
    const redis = new Redis(url());
    await redis.flushall();
    await redis.quit();
    return redisJobs(url(), silent);
  };

  describe('Jobs kept in Redis', () => jobsContract(open));
  describe('Alerts with jobs kept in Redis', () => alertsContract(async () => ({ backend: await open(), redisUrl: url() })));

  it('says so while Redis is away, and begins when it comes', async () => {
    const port = await freePort();
    const room = await openStoreRoom();
    const shop = openWorkshop(room, redisJobs(`redis://127.0.0.1:${port}`, silent));
    const done: string[] = [];
    const { outcomes, stop } = shop.work(async ({ id }) => void done.push(id));
    let thrown: unknown = null;
    await shop.board.counts().catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(DependencyDown);

    const late = await startRedis(port);
    const id = await shop.add('event-1');
    await outcomes.has('completed');
    await stop();
    await shop.close();
    await late?.stop();
    await room.close();
    expect(done).to.deep.equal([id]);
  });

  it('lets a worker stop though Redis has gone', async () => {
    const soonGone = await startRedis();
    const redisUrl = soonGone?.url ?? '';
    const room = await openStoreRoom();
    const shop = openWorkshop(room, redisJobs(redisUrl, silent));
    await shop.add('event-1');
    const worker = startWorkerProcess(room.ownerUrl, redisUrl, 'smtp://127.0.0.1:1', 'the end');
    await worker.reached;
    await shop.close();
    await soonGone?.stop();
    expect(await worker.end('SIGTERM')).to.equal(0);
    await room.close();
  });
});
