import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import { aggregateCache, streamName } from '../../../src/commands/aggregate-cache.ts';
import { commandNamed } from '../../../src/commands/registry.ts';
import type { EventStore, LogEvent, Metadata } from '../../../src/commands/ports.ts';
import type { Message } from '../../../src/domain/decider.ts';
import { postgresEventStore } from '../../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { deciderVersion } from '../../../src/infra/snapshots/decider-version.ts';
import { postgresSnapshots } from '../../../src/infra/snapshots/snapshots.ts';
import { canonicalEvents, locationId } from '../../support/canonical-events.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { log } from '../event-store/postgres-stores.ts';

const clock = { now: () => new Date('2026-03-01T20:00:00Z') };
const version = deciderVersion();
const EVERY = 10;

const aggregateOf = (command: string) => {
  const definition = commandNamed(command);
  if (definition === undefined) throw new Error(`There is no command ${command}`);
  return definition.aggregate;
};
const menu = aggregateOf('DefineStation');
const stockItem = aggregateOf('DefineStockItem');

describe('Snapshots', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: EventStore;
  let owner: Client;
  before(async () => {
    database = await testDatabase();
    pool = openPool(database.url, { name: 'test', max: 5, log });
    store = postgresEventStore({ pool, url: database.url });
    owner = new Client({ connectionString: database.url });
    await owner.connect();
  });
  after(async () => {
    await store.close();
    await pool.end();
    await owner.end();
    await database.close();
  });

  /** One process after its start: it remembers nothing, and says how many events it had to read. */
  const started = async (ofVersion = version) => {
    const snapshots = await postgresSnapshots({ pool, version: ofVersion, log });
    let read = 0;
    const counting = {
      readStream: async (stream: string, after?: number): Promise<readonly LogEvent[]> => {
        const events = await store.readStream(stream, after);
        read += events.length;
        return events;
      },
    };
    return { cache: aggregateCache(counting, clock, { snapshots, snapshotEvery: EVERY }), snapshots, read: () => read };
  };
  const folded = async (stream: string): Promise<unknown> =>
    (await store.readStream(stream)).reduce<unknown>((state, event) => menu.decider.evolve(state, event), menu.decider.initial);

  const stations = (...names: readonly number[]): readonly Message<string, unknown>[] =>
    names.map((n) => ({
      type: 'MenuStationDefined',
      data: { ...canonicalEvents.MenuStationDefined.data, stationId: `s${n}`, name: `Station ${n}` },
    }));
  const append = async (stream: string, expected: number, events: readonly Message<string, unknown>[]): Promise<number> => {
    const result = await store.append({ stream, expected, events, metadata: {} as Metadata, receipt: null });
    if (result.kind !== 'appended') throw new Error(`Not appended: ${result.kind}`);
    return result.position;
  };
  /** A menu of 25 events, a snapshot of it at 25. */
  const kept = async (): Promise<{ readonly id: string; readonly stream: string }> => {
    const id = randomUUID();
    const stream = streamName(menu, id);
    await append(stream, 0, stations(...Array.from({ length: 25 }, (_, n) => n)));
    const { cache, snapshots } = await started();
    await cache.refresh(menu, id);
    await snapshots.close();
    return { id, stream };
  };

  it('spare a process that has just started all but what came after', async () => {
    const { id, stream } = await kept();
    await append(stream, 25, stations(3, 99));
    const { cache, read } = await started();
    const loaded = await cache.refresh(menu, id);
    expect(loaded.state).to.deep.equal(await folded(stream));
    expect([loaded.revision, read()]).to.deep.equal([27, 3]);
  });

  it('are made of streams that grow, as often as was said, and of no short ones', async () => {
    const id = randomUUID();
    const stream = streamName(menu, id);
    const { cache, snapshots } = await started();
    const revisions: unknown[] = [];
    for (let n = 0; n < 21; n++) {
      const from = cache.recent(menu, id) ?? (await cache.refresh(menu, id));
      const events = stations(n);
      cache.advance(menu, id, from, events, await append(stream, n, events));
      await snapshots.close();
      const { rows } = await owner.query<{ revision: number }>('select revision from snapshots where stream = $1', [stream]);
      revisions.push(rows[0]?.revision ?? 0);
    }
    expect(revisions).to.deep.equal([...Array.from({ length: 9 }, () => 0), ...Array.from({ length: 10 }, () => 10), 20, 20]);
  });

  describe('are left alone', () => {
    const changed = async (change: string, ofVersion = version): Promise<void> => {
      const { id, stream } = await kept();
      await owner.query(`update snapshots set ${change} where stream = $1`, [stream]);
      const { cache, read } = await started(ofVersion);
      const loaded = await cache.refresh(menu, id);
      expect(loaded.state).to.deep.equal(await folded(stream));
      expect(loaded.revision).to.equal(25);
      expect(read()).to.be.at.least(25);
    };

    it('when their state was changed', () => changed(`state = replace(state, 'Station 3', 'Station 4')`));
    it('when their state is no JSON', () => changed(`state = left(state, 20)`));
    it('when they say that they are of another revision', () => changed(`revision = revision - 1`));
    it('when they are beyond the end of the stream', () => changed(`revision = revision + 1000`));
    it('when they are of another position', () => changed(`position = position + 1`));
    it('when other rules folded them', () => changed(`revision = revision`, 'other rules'));

    it('when they are whole but of an event that the log has elsewhere', async () => {
      const { id, stream } = await kept();
      const { snapshots } = await started();
      snapshots.keep(stream, { revision: 25, position: 1_000_000, state: menu.decider.initial });
      snapshots.keep(stream, { revision: 9000, position: 9000, state: menu.decider.initial });
      await snapshots.close();
      const { cache } = await started();
      expect((await cache.refresh(menu, id)).state).to.deep.equal(await folded(stream));
    });

    it('when the table is gone', async () => {
      const { id, stream } = await kept();
      const { cache, snapshots } = await started();
      await owner.query('alter table snapshots rename to elsewhere');
      const loaded = await cache.refresh(menu, id);
      await snapshots.close();
      await owner.query('alter table elsewhere rename to snapshots');
      expect(loaded.state).to.deep.equal(await folded(stream));
    });
  });

  it('are forgotten with their log', async () => {
    await kept();
    await owner.query('select begin_epoch()');
    expect((await owner.query('select from snapshots')).rowCount).to.equal(0);
    await store.close();
    store = postgresEventStore({ pool, url: database.url });
  });

  it('change no answer, whatever is appended, loaded, forgotten and made in between', async () => {
    const quantity = fc.integer({ min: 1, max: 9 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('received' as const), quantity }),
      fc.record({ kind: fc.constant('consumed' as const), quantity }),
      fc.record({ kind: fc.constant('load' as const) }),
      fc.record({ kind: fc.constant('restart' as const) }),
      fc.record({ kind: fc.constant('lose' as const) }),
    );
    const { StockItemDefined, StockItemReceived, StockItemConsumed } = canonicalEvents;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const id = randomUUID();
        const stream = streamName(stockItem, id);
        await append(stream, 0, [{ ...StockItemDefined, data: { ...StockItemDefined.data, stockItemId: id, locationId } }]);
        let process = await started();
        let revision = 1;
        for (const one of steps) {
          if (one.kind === 'restart') process = await started();
          else if (one.kind === 'lose') await owner.query('delete from snapshots where stream = $1', [stream]);
          else if (one.kind !== 'load') {
            const { type, data } = one.kind === 'received' ? StockItemReceived : StockItemConsumed;
            await append(stream, revision++, [{ type, data: { ...data, stockItemId: id, quantity: one.quantity } }]);
            continue;
          }
          const { state, revision: at } = await process.cache.refresh(stockItem, id);
          await process.snapshots.close();
          const plain = await aggregateCache(store, clock).refresh(stockItem, id);
          expect({ state, at }).to.deep.equal({ state: plain.state, at: plain.revision });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('know other rules by any change in their files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'brigade-rules-'));
    await writeFile(join(folder, 'order.ts'), 'one');
    const before = deciderVersion(folder);
    expect(deciderVersion(folder)).to.equal(before);
    await writeFile(join(folder, 'order.ts'), 'two');
    expect(deciderVersion(folder)).not.to.equal(before);
    await rm(folder, { recursive: true });
  });
});
