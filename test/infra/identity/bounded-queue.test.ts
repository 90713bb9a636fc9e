import { expect } from 'chai';
import { boundedQueue, QueueFull } from '../../../src/infra/identity/bounded-queue.ts';

describe('A bounded queue', () => {
  const tasks = () => {
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const task = (n: number) => (): Promise<number> => {
      begun.push(n);
      return new Promise((resolve) => (ends[n] = () => resolve(n)));
    };
    const end = async (n: number): Promise<void> => {
      await settled();
      ends[n]?.();
      await settled();
    };
    return { begun, task, end };
  };

  it('runs so many at once, the others in their turn', async () => {
    const { begun, task, end } = tasks();
    const queue = boundedQueue(2, 10);
    const answers = [0, 1, 2, 3].map((n) => queue(task(n)));
    await settled();
    expect(begun).to.deep.equal([0, 1]);
    await end(1);
    expect(begun).to.deep.equal([0, 1, 2]);
    for (const n of [0, 2, 3]) await end(n);
    expect(await Promise.all(answers)).to.deep.equal([0, 1, 2, 3]);
  });

  it('refuses who finds it full, and has room again later', async () => {
    const { task, end } = tasks();
    const queue = boundedQueue(1, 1);
    const first = queue(task(0));
    const second = queue(task(1));
    const error = await queue(task(2)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(QueueFull);
    await end(0);
    const third = queue(task(3));
    await end(1);
    await end(3);
    expect(await Promise.all([first, second, third])).to.deep.equal([0, 1, 3]);
  });

  it('goes on after a task that failed', async () => {
    const queue = boundedQueue(1, 1);
    const failed = queue(() => Promise.reject(new Error('no')));
    const next = queue(() => Promise.resolve('yes'));
    expect(await failed.catch(({ message }: Error) => message)).to.equal('no');
    expect(await next).to.equal('yes');
  });
});

/** After all that was ready to run has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
