import { expect } from 'chai';
import type { Ask, Buckets } from '../../../src/infra/rate-limits/buckets.ts';
import { rulesFrom } from '../../../src/infra/rate-limits/rules.ts';

/** Slow enough that nothing flows back while a test runs, whatever the machine. */
const [narrow, wide] = rulesFrom(['narrow address anyone * /* 3 0.001', 'wide user anyone * /* 10 0.001']);

/** What every kind of buckets does. */
export const bucketsContract = (open: () => Buckets): void => {
  let people = 0;
  const someone = (): string => `somebody-${(people += 1)}-${process.pid}`;
  const ask = (rule: typeof narrow, subject: string): Ask => {
    if (rule === undefined) throw new Error('There is no such rule');
    return { rule, subject };
  };

  it('grant what a bucket holds, and no more', async () => {
    const buckets = open();
    const asks = [ask(narrow, someone())];
    const taken = [];
    for (let n = 0; n < 5; n++) taken.push(await buckets.take(asks));
    expect(taken.map(({ waitSeconds }) => waitSeconds === 0)).to.deep.equal([true, true, true, false, false]);
    expect(taken.map(({ left }) => Math.floor(left))).to.deep.equal([2, 1, 0, 0, 0]);
    expect(taken[3]?.waitSeconds).to.be.within(900, 1000);
  });

  it('keep each subject’s apart', async () => {
    const buckets = open();
    const [one, other] = [someone(), someone()];
    for (let n = 0; n < 3; n++) await buckets.take([ask(narrow, one)]);
    expect((await buckets.take([ask(narrow, one)])).waitSeconds).to.be.above(0);
    expect((await buckets.take([ask(narrow, other)])).waitSeconds).to.equal(0);
  });

  it('take from all or from none, and tell of the one nearest to empty', async () => {
    const buckets = open();
    const [address, user] = [someone(), someone()];
    const both = [ask(wide, user), ask(narrow, address)];
    for (let n = 0; n < 3; n++) expect((await buckets.take(both)).rule.name).to.equal('narrow');
    expect((await buckets.take(both)).waitSeconds).to.be.above(0);
    expect(Math.floor((await buckets.take([ask(wide, user)])).left), 'the refused ask took nothing').to.equal(6);
  });

  it('grant no more to many who ask at once', async () => {
    const buckets = open();
    const asks = [ask(wide, someone())];
    const taken = await Promise.all(Array.from({ length: 40 }, async () => buckets.take(asks)));
    expect(taken.filter(({ waitSeconds }) => waitSeconds === 0)).to.have.length(10);
  });
};
