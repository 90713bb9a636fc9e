import { expect } from 'chai';
import { batches } from '../../../src/infra/event-store/postgres/batches.ts';

type Item = { readonly stream: string; readonly receiptKey: string | null; readonly size: number };
const item = (stream: string, receiptKey: string | null = null, size = 1): Item => ({ stream, receiptKey, size });
const items = (count: number): readonly Item[] => Array.from({ length: count }, (_, nth) => item(`Order-${nth}`));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What was sent so far, in order; each batch is answered when the test says so. */
const sending = (mayOverlap: boolean) => {
  const sent: (readonly Item[])[] = [];
  const answers: (() => void)[] = [];
  const queue = batches<Item>(
    (batch) => {
      sent.push(batch);
      return new Promise((resolve) => answers.push(resolve));
    },
    () => mayOverlap,
  );
  return {
    queue,
    add: async (...some: readonly Item[]): Promise<void> => {
      for (const one of some) queue.add(one);
      await turn();
    },
    answer: async (nth: number): Promise<void> => {
      answers[nth]?.();
      await turn();
      await turn();
    },
    streams: () => sent.map((batch) => batch.map(({ stream }) => stream)),
    sizes: () => sent.map(({ length }) => length),
  };
};

describe('Batches of appends', () => {
  it('send one alone at once, and what comes meanwhile together', async () => {
    const { add, answer, streams } = sending(false);
    await add(item('a'));
    await add(item('b'), item('c'));
    expect(streams()).to.deep.equal([['a']]);
    await answer(0);
    expect(streams()).to.deep.equal([['a'], ['b', 'c']]);
  });

  it('are two halves of many where one may follow the other unanswered', async () => {
    const { add, answer, sizes } = sending(true);
    await add(...items(64));
    expect(sizes()).to.deep.equal([32, 32]);
    await add(...items(96).slice(64));
    expect(sizes()).to.deep.equal([32, 32]);
    await answer(0);
    expect(sizes()).to.deep.equal([32, 32, 32]);
  });

  it('are not split for a few, nor followed by far fewer', async () => {
    const { add, answer, sizes } = sending(true);
    await add(...items(8));
    await add(item('x'));
    expect(sizes()).to.deep.equal([8]);
    await answer(0);
    expect(sizes()).to.deep.equal([8, 1]);
  });

  it('have no stream and no receipt twice, nor one that is under way', async () => {
    const { add, answer, streams } = sending(true);
    await add(item('a', 'key'));
    await add(item('a'), item('b', 'key'), item('c'), item('c'));
    expect(streams()).to.deep.equal([['a'], ['c']]);
    await answer(0);
    expect(streams()).to.deep.equal([['a'], ['c'], ['a', 'b']]);
    await answer(1);
    await answer(2);
    expect(streams()).to.deep.equal([['a'], ['c'], ['a', 'b'], ['c']]);
  });

  it('are no longer than the server should get at once', async () => {
    const { add, answer, sizes } = sending(false);
    await add(...items(600));
    await answer(0);
    expect(sizes()).to.deep.equal([512, 88]);
    const large = sending(false);
    await large.add(item('a', null, 600_000), item('b', null, 600_000), item('c', null, 2_000_000));
    await large.answer(0);
    await large.answer(1);
    expect(large.streams()).to.deep.equal([['a'], ['b'], ['c']]);
  });

  it('are idle when all is answered and nobody has more', async () => {
    const { queue, add, answer } = sending(true);
    await queue.idle();
    await add(item('a'), item('a'));
    let idle = false;
    const waited = queue.idle().then(() => (idle = true));
    await answer(0);
    expect(idle).to.equal(false);
    await answer(1);
    await waited;
  });
});
