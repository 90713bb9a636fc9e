import { expect } from 'chai';
import { DatabaseError } from 'pg';
import { APPEND_BATCH, appendItem, appendParameters } from '../../../src/infra/event-store/postgres/append-call.ts';
import { linksAfter } from '../../../src/infra/event-store/postgres/links.ts';
import { asText, exported, fillLog, verifyText } from '../proof/chain-under-test.ts';
import { appendOf, appendSomehow, notes, randomStream, together, written } from './appends.ts';
import { postgresStores } from './postgres-stores.ts';
import { thrownBy } from './thrown-by.ts';

const TELLS = `create or replace function public.event_line(
    "position" bigint, stream text, revision int, event_id uuid, type text, data text, metadata text, recorded text
  ) returns text language plpgsql as $$ begin raise exception 'chained by the database'; end $$`;

type Now = { readonly epoch: string; readonly position: number; readonly at: Date; readonly chain: Buffer };
type Done = { readonly linked: boolean; readonly at: Date };

describe('PostgreSQL: the chain of one program alone', () => {
  const { open, owner } = postgresStores();

  const whereTheDatabaseChainsNothing = async (work: () => Promise<void>): Promise<void> => {
    const { rows } = await owner().query<{ made: string }>(`select pg_get_functiondef('public.event_line'::regproc) as made`);
    await owner().query(TELLS);
    try {
      await work();
    } finally {
      await owner().query(rows[0]?.made ?? '');
    }
  };

  it('is made by it, whatever events hold, many at once or one by one', async () => {
    const store = open();
    await appendSomehow(store, randomStream());
    await whereTheDatabaseChainsNothing(async () => {
      await fillLog(store, 40);
      await together(64, async (writer) => {
        const stream = randomStream();
        for (let nth = 0; nth < 4; nth++)
          written(await store.append(appendOf(stream, nth * ((writer % 3) + 1), { events: notes((writer % 3) + 1) })));
      });
    });
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await store.head() });
  });

  it('is made by the database where another program has appended, and by the program again after that', async () => {
    const [one, other] = [open(), open()];
    await appendSomehow(one, randomStream());
    await appendSomehow(other, randomStream());
    await whereTheDatabaseChainsNothing(async () => {
      expect(await thrownBy(one.append(appendOf(randomStream(), 0)))).to.be.instanceOf(DatabaseError);
    });
    await appendSomehow(one, randomStream());
    await whereTheDatabaseChainsNothing(async () => {
      written(await one.append(appendOf(randomStream(), 0)));
    });
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await one.head() });
  });

  it('has the time of the database where the program’s clock is off', async () => {
    await appendSomehow(open(), randomStream());
    const now = await owner().query<Now>(
      'select h.epoch, h.position::int, h.recorded_at as at, e.chain from log_head h join events e using (position)',
    );
    const [head] = now.rows;
    if (head === undefined) throw new Error('No event');
    const items = [appendItem(appendOf(randomStream(), 0))];
    const before = { position: head.position, chain: head.chain, recordedAt: head.at.toISOString() };
    const ahead = new Date(head.at.getTime() + 24 * 3_600_000);
    const links = linksAfter(before, items, ahead.toISOString());
    const values = appendParameters(items, { epoch: head.epoch, careful: false, idOf: () => '0', links });
    const done = await owner().query<Done>(APPEND_BATCH, [...values]);
    expect(done.rows[0]).to.include({ linked: false });
    expect(done.rows[0]?.at).to.be.lessThan(ahead);
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: head.position + 1 });
  });

  it('goes on after appends that were refused', async () => {
    const store = open();
    const taken = randomStream();
    await appendSomehow(store, taken);
    await together(40, async (writer) => {
      const outcome = await store.append(appendOf(writer % 4 === 0 ? taken : randomStream(), 0, { events: notes(2) }));
      expect(outcome.kind).to.equal(writer % 4 === 0 ? 'conflict' : 'appended');
    });
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await store.head() });
  });
});
