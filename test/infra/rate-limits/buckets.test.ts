import { expect } from 'chai';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { memoryBuckets } from '../../../src/infra/rate-limits/memory-buckets.ts';
import { redisBuckets, type RedisBuckets } from '../../../src/infra/rate-limits/redis-buckets.ts';
import { rulesFrom } from '../../../src/infra/rate-limits/rules.ts';
import { quiet } from '../../support/identity.ts';
import { freePort, startRedis, type RedisServer } from '../jobs/redis-server.ts';
import { thrownBy } from '../event-store/thrown-by.ts';
import { bucketsContract } from './buckets-contract.ts';

const [rule] = rulesFrom(['login address anyone POST /api/v1/auth/login 10 2']);
if (rule === undefined) throw new Error('There is no rule');

describe('Rate limits kept in memory', () => {
  bucketsContract(() => memoryBuckets(() => 0));

  it('fill again with time, and never over the brim', () => {
    let now = 0;
    const { take } = memoryBuckets(() => now);
    const ask = (): number => Math.floor((take([{ rule, subject: 'a' }]) as { left: number }).left);
    for (let n = 0; n < 10; n++) ask();
    now = 1500;
    expect([ask(), ask(), ask(), ask()]).to.deep.equal([2, 1, 0, 0]);
    now = 1_000_000;
    expect(ask()).to.equal(9);
    now = 0;
    expect(ask(), 'a clock that goes back gives nothing').to.equal(8);
  });

  it('forget the oldest address of very many', () => {
    const { take } = memoryBuckets(() => 0);
    const left = (subject: string): number => (take([{ rule, subject }]) as { left: number }).left;
    left('first');
    for (let n = 0; n < 49_999; n++) left(`other ${n}`);
    expect(left('first')).to.equal(8);
    left('one more');
    expect(left('first')).to.equal(9);
  });
});

describe('Rate limits kept in Redis', () => {
  let server: RedisServer | null;
  let opened: RedisBuckets;
  before(async function () {
    server = await startRedis();
    if (server === null) return this.skip();
    opened = redisBuckets(server.url, quiet);
    await opened.tried;
  });
  after(async () => {
    await opened?.close();
    await server?.stop();
  });

  bucketsContract(() => opened);

  it('are the same for all processes', async () => {
    const another = redisBuckets(server?.url ?? '', quiet);
    await another.tried;
    const asks = [{ rule, subject: 'shared' }];
    for (let n = 0; n < 5; n++) await opened.take(asks);
    expect(Math.floor((await another.take(asks)).left)).to.equal(4);
    await another.close();
  });

  it('let nothing through while Redis is away', async () => {
    const away = redisBuckets(`redis://127.0.0.1:${await freePort()}`, quiet);
    await away.tried;
    expect(await thrownBy(Promise.resolve(away.take([{ rule, subject: 'a' }])))).to.be.instanceOf(DependencyDown);
    await away.close();
  });
});
