import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { appendOf, appendSomehow, notes, randomStream, receiptFor, someMetadata, together, written } from './appends.ts';
import { postgresStores } from './postgres-stores.ts';
import { thrownBy } from './thrown-by.ts';

/** PostgreSQL's integer ends before it: the server refuses the whole statement. */
const BEYOND = 2 ** 31;

describe('PostgreSQL: positions', () => {
  const { open, owner, positionsHaveNoGap } = postgresStores();

  it('have no gap with two programs appending at once, with conflicts and rollbacks', async () => {
    const stores = [open(), open()];
    const shared = Array.from({ length: 4 }, randomStream);
    await together(24, async (writer) => {
      const store = stores[writer % 2] ?? open();
      for (let nth = 0; nth < 10; nth++) {
        await appendSomehow(store, shared[nth % 4] ?? '', { events: notes(1 + (nth % 3)) });
        if (nth % 4 === 0) await thrownBy(store.append(appendOf(randomStream(), BEYOND)));
      }
    });
    await positionsHaveNoGap();
  });

  it('follow the order of commits, and so does the time', async () => {
    const stores = [open(), open()];
    const positions: number[] = [];
    await together(16, async (writer) => {
      for (let nth = 0; nth < 5; nth++) positions.push((await appendSomehow(stores[writer % 2] ?? open(), randomStream())).position);
    });
    expect(new Set(positions).size).to.equal(80);
    const { rows } = await owner().query<{ backwards: string }>(
      'select count(*) as backwards from (select recorded_at < lag(recorded_at) over (order by position) as back from events) as e where back',
    );
    expect(rows[0]?.backwards).to.equal('0');
  });
});

describe('PostgreSQL: a batch', () => {
  const { open, positionsHaveNoGap } = postgresStores();

  it('fails for the one the server refuses, not for its neighbors', async () => {
    const store = open();
    const streams = Array.from({ length: 3 }, randomStream);
    const outcomes = await Promise.allSettled([
      store.append(appendOf(streams[0] ?? '', 0, { receipt: receiptFor(randomUUID()) })),
      store.append(appendOf(streams[1] ?? '', BEYOND)),
      store.append(appendOf(streams[2] ?? '', 0, { events: notes(3) })),
    ]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const read = await Promise.all(streams.map((stream) => store.readStream(stream)));
    expect(read.map((events) => events.length)).to.deep.equal([1, 0, 3]);
    await positionsHaveNoGap();
  });

  it('is told to the meter', async () => {
    const told: number[][] = [];
    const store = open({ onAppended: (events, size) => told.push([events, size]) });
    const stream = randomStream();
    await together(3, (writer) => store.append(appendOf(writer === 2 ? stream : randomStream(), 0, { events: notes(2) })));
    await store.append(appendOf(stream, 0));
    expect(told).to.deep.equal([
      [6, 3],
      [0, 1],
    ]);
  });

  it('refuses what could not be read again', async () => {
    const store = open();
    const refused = [
      appendOf('', 0),
      appendOf('Order-\u0000', 0),
      appendOf(randomStream(), 0, { events: [{ type: 'Odd\u001eType', data: {} }] }),
      appendOf(randomStream(), 0, { metadata: someMetadata('\u0000') }),
      appendOf(randomStream(), 0, { receipt: receiptFor('') }),
    ];
    for (const append of refused) expect(await thrownBy(store.append(append))).to.be.instanceOf(TypeError);
    written(await store.append(appendOf(randomStream(), 0, { metadata: someMetadata('\\u0000') })));
  });
});
