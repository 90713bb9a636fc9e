import { expect } from 'chai';
import { Client } from 'pg';
import type { EventStore } from '../../../src/commands/ports.ts';
import { kitchenBoard } from '../../../src/projections/kitchen-board.ts';
import { locations } from '../../../src/projections/locations.ts';
import { orders } from '../../../src/projections/orders.ts';
import { changesOf, type Projection } from '../../../src/projections/projection.ts';
import { stockLevels } from '../../../src/projections/stock-levels.ts';
import { canonicalEvents, locationId } from '../../support/canonical-events.ts';
import { expectReadModelsEqualFold, rowsInDatabase } from '../../support/oracle.ts';
import { happen, someEvening } from './evening.ts';
import { openReadModels, type ReadModels } from './read-models.ts';

/** The next version: with one more column. */
const ordersWithGuests: Projection = {
  ...orders,
  version: 2,
  columns: { ...orders.columns, guests: 'text' },
  on: (fact) =>
    changesOf(orders, fact).map((change) => ({
      key: change.key,
      to: (row) => {
        const after = change.to(row as Parameters<typeof change.to>[0]);
        return after === null ? null : { ...after, guests: `${after.covers ?? 0} guests` };
      },
    })),
};
const firstVersion = [orders, stockLevels];
const nextVersion = [ordersWithGuests, stockLevels];

/** Its nth page of the log, as it was when asked for, comes only when let through. */
const heldBack = (store: EventStore, nth = 1) => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let pages = 0;
  const held: EventStore = {
    ...store,
    readLog: async (checkpoint, limit) => {
      const page = await store.readLog(checkpoint, limit);
      if (limit > 1 && ++pages === nth) {
        asked.resolve();
        await gate.promise;
      }
      return page;
    },
  };
  return { store: held, letGo: gate.resolve, asked: asked.promise };
};

describe('A new version of a read model', () => {
  let models: ReadModels;
  beforeEach(async () => (models = await openReadModels()));
  afterEach(() => models.close());

  const tables = async (): Promise<readonly string[]> => {
    const { rows } = await models.owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'read_models' and table_type = 'BASE TABLE' order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  const indexesOf = async (table: string): Promise<number> => {
    const { rows } = await models.owner.query<{ count: number }>(
      `select count(*)::int as count from pg_indexes where schemaname = 'read_models' and tablename = $1`,
      [table],
    );
    return rows[0]?.count ?? 0;
  };

  it('is built beside the old one, which people go on reading, then takes its place at once', async () => {
    const first = models.start({ projections: firstVersion });
    const old = await happen(models.store, someEvening(200, 31));
    await models.reached(old, firstVersion);
    await first.stop();

    const { store, letGo, asked } = heldBack(models.store);
    models.start({ projections: nextVersion, store });
    await asked;
    const meanwhile = await happen(models.store, someEvening(50, 32));
    await models.reached(meanwhile, [stockLevels]);
    expect(await tables()).to.deep.equal(['orders_v1', 'orders_v2', 'stock_levels_v1']);
    expect((await rowsInDatabase(models.pool, orders)).size).to.be.greaterThan(5);
    const during = (await models.positions.status(meanwhile)).find(({ name }) => name === 'orders');
    expect(during).to.deep.include({ version: 1, position: old, lagEvents: meanwhile - old, building: { version: 2, position: 0 } });

    letGo();
    await models.reached(meanwhile, nextVersion);
    await models.rebuilt('orders');
    expect(await tables()).to.deep.equal(['orders_v2', 'stock_levels_v1']);
    await expectReadModelsEqualFold(models.store, models.pool, nextVersion);
    const [order] = (await rowsInDatabase(models.pool, ordersWithGuests)).values();
    expect(order?.['guests']).to.match(/^\d+ guests$/);
    const status = (await models.positions.status(meanwhile)).find(({ name }) => name === 'orders');
    expect(status).to.deep.include({ version: 2, position: meanwhile, lagEvents: 0, building: null });
  });

  it('keeps up with the others afterwards', async () => {
    const first = models.start({ projections: firstVersion });
    await models.reached(await happen(models.store, someEvening(50, 31)), firstVersion);
    await first.stop();
    models.start({ projections: nextVersion });
    await models.reached(await happen(models.store, someEvening(50, 32)), nextVersion);
    await models.rebuilt('orders');
    await models.reached(await happen(models.store, someEvening(50, 33)), nextVersion);
    await expectReadModelsEqualFold(models.store, models.pool, nextVersion);
  });

  it('comes to where the others are by then, not to where the log ended when it looked', async () => {
    const first = models.start({ projections: firstVersion });
    await models.reached(await happen(models.store, someEvening(50, 31)), firstVersion);
    await first.stop();
    const { store, letGo, asked } = heldBack(models.store, 2);
    models.start({ projections: nextVersion, store });
    await asked;
    const meanwhile = await happen(models.store, someEvening(50, 32));
    await models.reached(meanwhile, [stockLevels]);
    letGo();
    await models.reached(meanwhile, nextVersion);
    await expectReadModelsEqualFold(models.store, models.pool, nextVersion);
  });

  it('goes on being built where it was stopped', async () => {
    const first = models.start({ projections: firstVersion });
    const position = await happen(models.store, someEvening(100, 31));
    await models.reached(position, firstVersion);
    await first.stop();
    const { store, asked, letGo } = heldBack(models.store);
    const interrupted = models.start({ projections: nextVersion, store });
    await asked;
    const stopped = interrupted.stop();
    letGo();
    await stopped;
    models.start({ projections: nextVersion });
    await models.reached(await happen(models.store, someEvening(50, 32)), nextVersion);
    await models.rebuilt('orders');
    await expectReadModelsEqualFold(models.store, models.pool, nextVersion);
  });

  it('is not needed to build a read model anew', async () => {
    const projector = models.start({ projections: firstVersion });
    await models.reached(0, firstVersion);
    const position = await happen(models.store, someEvening(100, 31));
    await models.reached(position, firstVersion);
    await models.owner.query(`update read_models.orders_v1 set reference = 'spoilt by hand'`);
    await projector.rebuild('orders');
    await models.rebuilt('orders');
    await projector.rebuild('orders');
    await models.rebuilt('orders');
    await models.reached(await happen(models.store, someEvening(30, 32)), firstVersion);
    expect(await tables()).to.deep.equal(['orders_v1', 'stock_levels_v1']);
    expect(await indexesOf('orders_v1')).to.equal(1 + orders.indexes.length);
    expect(await indexesOf('stock_levels_v1')).to.equal(1 + stockLevels.indexes.length);
    await expectReadModelsEqualFold(models.store, models.pool, firstVersion);
  });

  it('does not disturb read models added with it', async () => {
    const first = models.start({ projections: firstVersion });
    await models.reached(await happen(models.store, someEvening(100, 31)), firstVersion);
    await first.stop();
    models.start({ projections: [...nextVersion, kitchenBoard, locations] });
    const defined = { stream: `Location-${locationId}`, events: [canonicalEvents.LocationDefined], locationId };
    await models.reached(await happen(models.store, [defined]), [...nextVersion, kitchenBoard, locations]);
    await expectReadModelsEqualFold(models.store, models.pool, [...nextVersion, kitchenBoard, locations]);
  });

  it('comes with every log: read models of another log are built anew', async () => {
    const first = models.start({ projections: firstVersion });
    const position = await happen(models.store, someEvening(100, 31));
    await models.reached(position, firstVersion);
    await first.stop();
    await models.owner.query(
      `update read_models.orders_v1 set reference = 'of another log'; update log_head set epoch = gen_random_uuid()`,
    );
    models.start({ projections: firstVersion });
    await models.rebuiltFrom(firstVersion);
    await expectReadModelsEqualFold(models.store, models.pool, firstVersion);
  });
});

describe('Read models in the database', () => {
  let models: ReadModels;
  let reader: Client;
  before(async () => {
    models = await openReadModels();
    models.start();
    await models.reached(await happen(models.store, someEvening(100, 34)));
    reader = new Client({ connectionString: models.url, options: '-c role=brigade_reader' });
    await reader.connect();
  });
  after(async () => {
    await reader.end();
    await models.close();
  });

  const refusal = (statement: string): Promise<string> =>
    reader.query(statement).then(
      () => 'nothing was refused',
      (error: Error) => error.message,
    );

  it('may be read by analysts, under their names', async () => {
    const { rows } = await reader.query(
      `select status, count(*)::int as orders, sum(total)::int as total from read_models.orders group by status order by status`,
    );
    expect(rows.length).to.be.greaterThan(0);
    expect(rows[0].total).to.be.greaterThan(0);
  });

  it('may not be written by them', async () => {
    expect(await refusal('delete from read_models.orders')).to.match(/permission denied/);
    expect(await refusal('update read_models.orders_v1 set total = 0')).to.match(/permission denied/);
    expect(await refusal('create table read_models.mine (a int)')).to.match(/permission denied/);
    expect(await refusal('select * from public.users')).to.match(/permission denied/);
  });

  it('may not be dropped by the program', async () => {
    const refused = await models.pool.query('drop table read_models.orders_v1').catch((error: Error) => error.message);
    expect(refused).to.match(/must be owner/);
  });
});
