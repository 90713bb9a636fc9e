import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import { DependencyDown, type EventStore } from '../../../src/commands/ports.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { StaleCheckpoint } from '../../../src/infra/event-store/stale-checkpoint.ts';
import { asApp, openPool } from '../../../src/infra/postgres/connect.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { appendOf, appendSomehow, eventsOf, followUntil, note, notes, randomStream, receiptFor, someMetadata, together, written } from './appends.ts';
import { cutOffProxy } from './cut-off-proxy.ts';

const log = pino({ level: 'silent' });
/** PostgreSQL's integer ends before it: the server refuses the whole statement. */
const BEYOND = 2 ** 31;

const thrownBy = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'nothing was thrown', (error: unknown) => error);

describe('PostgreSQL: the log', () => {
  let database: TestDatabase;
  let owner: Client;
  let undo: (() => Promise<void>)[] = [];

  const open = (options: { readonly url?: string; readonly listenUrl?: string } = {}): EventStore => {
    const pool: Pool = openPool(options.url ?? database.url, { name: 'test', max: 5, log });
    const store = postgresEventStore({ pool, url: options.listenUrl ?? database.url, log });
    undo.push(async () => {
      await store.close();
      await pool.end();
    });
    return store;
  };

  before(async () => {
    database = await testDatabase();
    owner = new Client({ connectionString: database.url });
    await owner.connect();
  });
  afterEach(async () => {
    for (const step of undo.reverse()) await step();
    undo = [];
  });
  after(async () => {
    await owner.end();
    await database.close();
  });

  const positionsHaveNoGap = async (): Promise<void> => {
    const { rows: [log] } = await owner.query<{ events: string; last: string; head: string }>(
      'select count(*) as events, max(position) as last, (select position from log_head) as head from events');
    expect(log?.last).to.equal(log?.events);
    expect(log?.head).to.equal(log?.last);
  };

  describe('positions', () => {
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
      const { rows } = await owner.query<{ backwards: string }>(
        'select count(*) as backwards from (select recorded_at < lag(recorded_at) over (order by position) as back from events) as e where back');
      expect(rows[0]?.backwards).to.equal('0');
    });
  });

  describe('a batch', () => {
    it('fails for the one the server refuses, not for its neighbours', async () => {
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
      const pool = openPool(database.url, { name: 'test', max: 2, log });
      const store = postgresEventStore({ pool, url: database.url, log, onAppended: (events, size) => told.push([events, size]) });
      undo.push(async () => {
        await store.close();
        await pool.end();
      });
      const stream = randomStream();
      await together(3, (writer) => store.append(appendOf(writer === 2 ? stream : randomStream(), 0, { events: notes(2) })));
      await store.append(appendOf(stream, 0));
      expect(told).to.deep.equal([[6, 3], [0, 1]]);
    });

    it('refuses what could not be read again', async () => {
      const store = open();
      const refused = [
        appendOf('', 0), appendOf('Order-\u0000', 0), appendOf(randomStream(), 0, { events: [{ type: 'Odd\u001eType', data: {} }] }),
        appendOf(randomStream(), 0, { metadata: someMetadata('\u0000') }), appendOf(randomStream(), 0, { receipt: receiptFor('') }),
      ];
      for (const append of refused) expect(await thrownBy(store.append(append))).to.be.instanceOf(TypeError);
      written(await store.append(appendOf(randomStream(), 0, { metadata: someMetadata('\\u0000') })));
    });
  });

  describe('a lost connection', () => {
    const cutOff = async () => {
      const proxy = await cutOffProxy(database.url);
      undo.push(proxy.close);
      const store = open({ url: proxy.url });
      await store.append(appendOf(randomStream(), 0));
      return { proxy, store };
    };

    it('between commit and answer: the append is found by its event, and not doubled', async () => {
      const { proxy, store } = await cutOff();
      const stream = randomStream();
      proxy.loseAnswerTo('append-batch');
      const done = written(await store.append(appendOf(stream, 0, { events: notes(2) })));
      expect(proxy.lost()).to.equal(1);
      const read = await store.readStream(stream);
      expect(read.map(({ revision }) => revision)).to.deep.equal([1, 2]);
      expect(done).to.deep.equal({ kind: 'appended', revision: 2, position: read[1]?.position, recordedAt: read[1]?.recordedAt });
    });

    it('between commit and answer, for a batch: each append gets its own answer', async () => {
      const { proxy, store } = await cutOff();
      const [free, taken, used] = [randomStream(), randomStream(), randomStream()];
      const receipt = receiptFor(randomUUID());
      await store.append(appendOf(taken, 0));
      await store.append(appendOf(used, 0, { receipt }));
      proxy.loseAnswerTo('append-batch');
      const outcomes = await Promise.all([
        store.append(appendOf(free, 0, { receipt: receiptFor(randomUUID()) })),
        store.append(appendOf(taken, 0)),
        store.append(appendOf(used, 1, { receipt })),
      ]);
      expect(proxy.lost()).to.equal(1);
      expect(outcomes.map(({ kind }) => kind)).to.deep.equal(['appended', 'conflict', 'known']);
      expect(await store.readStream(free)).to.have.length(1);
      await positionsHaveNoGap();
    });

    it('while nothing is under way goes unnoticed', async () => {
      const store = open();
      await store.append(appendOf(randomStream(), 0));
      await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
      written(await store.append(appendOf(randomStream(), 0)));
    });

    it('under load loses nothing that was acknowledged and doubles nothing', async () => {
      const store = open();
      const acknowledged = new Set<string>();
      let sinceKill = 0;
      const kill = async (): Promise<void> => {
        if (++sinceKill % 40 !== 0) return;
        await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%append_batch%' and pid <> pg_backend_pid()");
      };
      const retried = async (stream: string, text: string): Promise<void> => {
        const receipt = receiptFor(text);
        for (let expected = 0; ;) {
          try {
            const outcome = await store.append(appendOf(stream, expected, { events: [note(text)], receipt }));
            if (outcome.kind !== 'conflict') return;
            expected = outcome.actual;
          } catch (error) {
            if (!(error instanceof DependencyDown)) throw error;
          }
        }
      };
      const streams = Array.from({ length: 8 }, randomStream);
      await together(32, async (writer) => {
        for (let nth = 0; nth < 20; nth++) {
          const text = `${writer}-${nth}-${randomUUID()}`;
          await retried(streams[writer % 8] ?? '', text);
          acknowledged.add(text);
          await kill();
        }
      });
      const read = (await Promise.all(streams.map((stream) => store.readStream(stream)))).flat();
      const texts = read.map(({ data }) => (data as { text: string }).text);
      expect(texts).to.have.length(32 * 20);
      expect(new Set(texts)).to.deep.equal(acknowledged);
      await positionsHaveNoGap();
    });

    it('that cannot be had again is no answer about the append', async () => {
      const store = open({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
      const calls = [
        () => store.append(appendOf(randomStream(), 0)), () => store.readStream('Order-1'), () => store.readLog('', 1), store.head, () => store.receipt('a', 'b'),
      ];
      for (const call of calls) {
        const error = await thrownBy(call());
        expect(error).to.be.instanceOf(DependencyDown).with.property('dependency', 'event log');
        expect(error).to.have.nested.property('cause.code', 'ECONNREFUSED');
      }
    });
  });

  describe('following', () => {
    it('finds what is new without being told', async () => {
      const store = open({ listenUrl: 'postgres://nobody@127.0.0.1:1/nothing' });
      const stream = randomStream();
      const { checkpoint } = await store.readLog('', 1_000_000);
      let appended: Promise<unknown> | null = null;
      const pages = await followUntil(store, checkpoint, 10, (some) => {
        appended ??= store.append(appendOf(stream, 0, { events: notes(3) }));
        return eventsOf(some, new Set([stream])).length === 3;
      });
      await appended;
      expect(eventsOf(pages, new Set([stream])).map(({ revision }) => revision)).to.deep.equal([1, 2, 3]);
    });

    it('goes on after every connection was lost', async () => {
      const store = open();
      const writer = open();
      const stream = randomStream();
      const { checkpoint } = await store.readLog('', 1_000_000);
      const following = followUntil(store, checkpoint, 10, (some) => eventsOf(some, new Set([stream])).length === 5);
      const writing = async (): Promise<void> => {
        for (let nth = 0; nth < 5; nth++) {
          await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
          await appendSomehow(writer, stream);
        }
      };
      const [pages] = await Promise.all([following, writing()]);
      expect(eventsOf(pages, new Set([stream])).map((event) => event.revision)).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it('refuses a checkpoint of another log, or of a later state of this one', async () => {
      const store = open();
      const { position } = written(await store.append(appendOf(randomStream(), 0)));
      const { checkpoint } = await store.readLog('', 1_000_000);
      const epoch = checkpoint.split('/')[0] ?? '';
      for (const stale of [`${randomUUID()}/1`, `${epoch}/${position + 1}`, 'C:1/P:1']) {
        expect(await thrownBy(store.readLog(stale, 10))).to.be.instanceOf(StaleCheckpoint).with.property('code', 'stale-checkpoint');
        expect(await thrownBy(followUntil(store, stale, 10, () => true))).to.be.instanceOf(StaleCheckpoint);
      }
    });
  });

  describe('what was written', () => {
    const refusedTo = async (url: string, statements: readonly string[]): Promise<readonly unknown[]> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        const errors: unknown[] = [];
        for (const statement of statements) errors.push(await thrownBy(client.query(statement)));
        return errors;
      } finally {
        await client.end();
      }
    };
    const statements = ['events', 'receipts'].flatMap((table) => [`update ${table} set position = 0`, `delete from ${table}`, `truncate ${table}`]);

    it('cannot be changed or removed, not by the program and not by its owner', async () => {
      const store = open();
      await store.append(appendOf(randomStream(), 0, { receipt: receiptFor(randomUUID()) }));
      for (const url of [asApp(database.url), database.url]) {
        for (const error of await refusedTo(url, statements)) expect(error).to.have.property('code', '42501');
      }
    });

    it('cannot be reached by the program in any other way', async () => {
      const others = ['delete from log_head', 'insert into log_head values (false, 0, now(), gen_random_uuid())', 'update log_head set epoch = gen_random_uuid()',
        'delete from streams', "update streams set name = 'x'", 'alter table events disable trigger all', 'drop table events'];
      for (const error of await refusedTo(asApp(database.url), others)) expect(error).to.have.property('code', '42501');
    });

    it('is read by people as the audit trail', async () => {
      const stream = randomStream();
      const metadata = { ...someMetadata(), causationId: randomUUID(), occurredAt: '2025-03-01T12:00:00.000Z' };
      const store = open();
      await store.append(appendOf(stream, 0, { metadata, events: [note('\u0000'), note('b')] }));
      await store.append(appendOf(stream, 2, { metadata: { ...metadata, occurredAt: null } }));
      const read = await store.readStream(stream);
      await owner.query('begin; set local role brigade_reader');
      const { rows } = await owner.query<{ [column: string]: unknown }>('select * from read_models.audit_trail where stream = $1 order by position', [stream]);
      expect(await thrownBy(owner.query('select * from events'))).to.have.property('code', '42501');
      await owner.query('rollback');
      const [first] = read;
      expect(rows[0]).to.deep.equal({
        position: String(first?.position), event_id: first?.eventId, stream, revision: 1, type: 'OrderNoted', recorded_at: new Date(first?.recordedAt ?? ''),
        occurred_at: new Date('2025-03-01T12:00:00.000Z'), actor_id: 'user-1', actor_roles: ['server', 'cashier'], terminal_id: 'pos-1', location_id: 'location-1',
        command_id: metadata.commandId, command_type: 'AddOrderLines', correlation_id: metadata.correlationId, causation_id: metadata.causationId,
        data: { text: '\u0000' }, metadata,
      });
      expect(rows[2]?.['occurred_at']).to.deep.equal(rows[2]?.['recorded_at']);
    });
  });
});
