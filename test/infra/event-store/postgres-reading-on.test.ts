import { expect } from 'chai';
import type { EventStore, LogEvent, LogPage } from '../../../src/commands/ports.ts';
import { StaleCheckpoint } from '../../../src/infra/event-store/stale-checkpoint.ts';
import { appendOf, appendSomehow, note, randomStream, someMetadata } from './appends.ts';
import { postgresStores } from './postgres-stores.ts';
import { thrownBy } from './thrown-by.ts';

const TEXTS = ['plain', 'à la carte', '寿司 🍣', 'a "quote", a \\ and a\nline', '\t'];
const LIMIT = 3;

const pagesOf = async (store: EventStore, limit: number): Promise<readonly LogPage[]> => {
  const pages: LogPage[] = [];
  let page = await store.readLog('', limit);
  for (; page.events.length > 0; page = await store.readLog(page.checkpoint, limit)) pages.push(page);
  return pages;
};
const eventsOf = (pages: readonly LogPage[]): readonly LogEvent[] => pages.flatMap(({ events }) => events);

describe('Reading on in a log in PostgreSQL', () => {
  const stores = postgresStores();
  const streams = Array.from({ length: 4 }, randomStream);

  const write = async (store: EventStore): Promise<void> => {
    for (const [nth, text] of TEXTS.entries()) {
      const metadata = { ...someMetadata(), traceParent: nth % 2 === 0 ? null : text };
      await appendSomehow(store, streams[nth % streams.length] ?? '', { events: [note(text), note({ nth })], metadata });
    }
  };

  it('gives the same events in small pages as in one', async () => {
    const store = stores.open();
    await write(store);
    const [whole] = await pagesOf(store, 1_000);
    const pages = await pagesOf(store, LIMIT);
    expect(pages.length).to.be.greaterThan(3);
    expect(eventsOf(pages)).to.deep.equal(whole?.events);
    expect(pages.at(-1)?.checkpoint).to.equal(whole?.checkpoint);
    expect(pages.every(({ events, head }) => head >= (events.at(-1)?.position ?? 0))).to.equal(true);
  });

  it('names streams that began before', async () => {
    const store = stores.open();
    await write(store);
    const [, second] = await pagesOf(store, LIMIT);
    const another = stores.open();
    const page = await another.readLog(second?.checkpoint ?? '', LIMIT);
    const next = await another.readLog(page.checkpoint, LIMIT);
    expect(next.events.map(({ stream }) => stream)).to.deep.equal((await pagesOf(store, LIMIT))[3]?.events.map(({ stream }) => stream));
    expect(next.events.every(({ stream }) => streams.includes(stream))).to.equal(true);
  });

  it('finds what was written meanwhile', async () => {
    const store = stores.open();
    await write(store);
    const last = (await pagesOf(store, LIMIT)).at(-1);
    const stream = randomStream();
    await store.append(appendOf(stream, 0));
    expect((await store.readLog(last?.checkpoint ?? '', LIMIT)).events.map((event) => event.stream)).to.deep.equal([stream]);
  });

  it('lets two read at once', async () => {
    const store = stores.open();
    await write(store);
    const [one, other] = await Promise.all([pagesOf(store, LIMIT), pagesOf(store, LIMIT)]);
    expect(eventsOf(one)).to.deep.equal(eventsOf(other));
    expect(eventsOf(one)).to.deep.equal(eventsOf(await pagesOf(store, 1_000)));
  });

  it('leaves out what is not wanted, of those who read on, and tells how far it does', async () => {
    const store = stores.open();
    const stream = randomStream();
    const seated = { type: 'TableSeated', data: {} };
    await appendSomehow(store, stream, {
      events: [...Array.from({ length: LIMIT }, () => note('first')), ...Array.from({ length: 40 }, () => seated)],
    });
    const { position } = await appendSomehow(store, stream, { events: [note('last'), seated, seated] });
    const start = (await store.readLog('', 100_000)).events.find((event) => event.stream === stream)?.position ?? 0;
    const { rows } = await stores.owner().query<{ epoch: string }>('select epoch from log_head');
    const first = await store.readLog(`${rows[0]?.epoch}/${start - 1}`, LIMIT, ['TableSeated']);
    expect(first.to).to.equal(undefined);
    const second = await store.readLog(first.checkpoint, LIMIT, ['TableSeated']);
    expect(second.events.map(({ data }) => data)).to.deep.equal([{ text: 'last' }]);
    expect(second.to).to.equal(position);
    const end = await store.readLog(second.checkpoint, LIMIT, ['TableSeated']);
    expect(end.events).to.deep.equal([]);
    const another = randomStream();
    await store.append(appendOf(another, 0));
    expect((await store.readLog(end.checkpoint, LIMIT, ['TableSeated'])).events.map((event) => event.stream)).to.deep.equal([another]);
  });

  it('gives one who leaves nothing out all that another one at the same place leaves out', async () => {
    const store = stores.open();
    const stream = randomStream();
    const some = Array.from({ length: 2 * LIMIT }, (_, nth) => (nth < LIMIT ? note(nth) : { type: 'TableSeated', data: {} }));
    const { position } = await appendSomehow(store, stream, { events: some });
    const { rows } = await stores.owner().query<{ epoch: string }>('select epoch from log_head');
    const start = `${rows[0]?.epoch}/${position - 2 * LIMIT}`;
    const { checkpoint } = await store.readLog(start, LIMIT, ['TableSeated']);
    await store.readLog(start, LIMIT);
    expect((await store.readLog(checkpoint, LIMIT, ['TableSeated'])).events).to.deep.equal([]);
    expect((await store.readLog(checkpoint, LIMIT)).events).to.have.length(LIMIT);
  });

  it('refuses to go on in another log', async () => {
    const store = stores.open();
    await write(store);
    const { checkpoint } = await store.readLog('', LIMIT);
    await stores.owner().query('update log_head set epoch = gen_random_uuid()');
    expect(await thrownBy(store.readLog(checkpoint, LIMIT))).to.be.instanceOf(StaleCheckpoint);
  });
});
