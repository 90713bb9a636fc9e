import { expect } from 'chai';
import type { FeedPage, LiveRow, RowChange } from '../../../src/http/live/ports.ts';
import { liveFeed } from '../../../src/infra/projections/feed.ts';
import { trimFeed } from '../../../src/infra/projections/trim-feed.ts';
import { projections } from '../../../src/projections/all.ts';
import { kitchenBoard } from '../../../src/projections/kitchen-board.ts';
import { rowsInDatabase } from '../../support/oracle.ts';
import { happen, someEvening } from './evening.ts';
import { log, openReadModels, type ReadModels } from './read-models.ts';

type Feed = Awaited<ReturnType<typeof liveFeed>>;
const live = projections.filter((projection) => projection.live);

const pageOf = (page: FeedPage) => {
  if (page.kind === 'gone') throw new Error('The feed does not reach back so far');
  return page;
};

describe('The feed of row changes', () => {
  let models: ReadModels;
  let feed: Feed;
  beforeEach(async () => {
    models = await openReadModels();
    feed = await liveFeed({ pool: models.pool, url: models.url, projections, head: models.store.head, log });
  });
  afterEach(async () => {
    await feed.close();
    await models.close();
  });

  const all = async (after: number, limit: number): Promise<readonly RowChange[]> => {
    const { changes, position, more } = pageOf(await feed.changesAfter(after, limit));
    return more ? [...changes, ...(await all(position, limit))] : changes;
  };

  /** What a screen has that began with nothing and was told of every change. */
  const applied = (changes: readonly RowChange[]): ReadonlyMap<string, ReadonlyMap<string, LiveRow>> => {
    const tables = new Map(live.map(({ name }) => [name, new Map<string, LiveRow>()]));
    for (const { projection, key, row } of changes) {
      if (row === null) tables.get(projection)?.delete(key);
      else tables.get(projection)?.set(key, row);
    }
    return tables;
  };

  const expectScreensRight = async (changes: readonly RowChange[]): Promise<void> => {
    const tables = applied(changes);
    for (const projection of live) {
      expect(Object.fromEntries(tables.get(projection.name) ?? []), projection.name).to.deep.equal(
        Object.fromEntries(await rowsInDatabase(models.pool, projection)),
      );
    }
  };

  it('has every change once, in order: whoever applies them has the read models', async () => {
    models.start();
    await models.reached(0);
    for (const seed of [61, 62, 63]) await models.reached(await happen(models.store, someEvening(120, seed)));
    const changes = await all(0, 10_000);
    await expectScreensRight(changes);
    expect(changes.map(({ position }) => position)).to.deep.equal(changes.map(({ position }) => position).toSorted((a, b) => a - b));
    const places = changes.map(({ position, projection, key }) => `${position} ${projection} ${key}`);
    expect(new Set(places).size).to.equal(places.length);
    expect(new Set(changes.map(({ projection }) => projection))).to.deep.equal(new Set(['kitchen_board', 'all_day', 'table_map']));
  });

  it('gives pages that never cut a position in two', async () => {
    models.start();
    await models.reached(0);
    await models.reached(await happen(models.store, someEvening(200, 61)));
    const changes = await all(0, 10_000);
    for (const limit of [1, 2, 7]) expect(await all(0, limit), `pages of ${limit}`).to.deep.equal(changes);
    const crowded = [...Map.groupBy(changes, ({ position }) => position)].find(([, together]) => together.length > 1);
    if (crowded === undefined) throw new Error('No event changed two rows');
    const [position, together] = crowded;
    const page = pageOf(await feed.changesAfter(position - 1, 1));
    expect(page).to.deep.equal({ kind: 'page', changes: together, position, more: true });
  });

  it('begins with a snapshot from which it goes on without gap or repeat', async () => {
    models.start();
    await models.reached(await happen(models.store, someEvening(150, 61)));
    const { position, rows } = await feed.snapshot({ projection: 'kitchen_board', equal: {}, unequal: {} });
    const begun: readonly RowChange[] = rows.map((row) => ({ position, projection: 'kitchen_board', key: row['ticketId'] as string, row }));
    await models.reached(await happen(models.store, someEvening(150, 62)));
    const { changes } = pageOf(await feed.changesAfter(position, 10_000));
    const screen = applied([...begun, ...changes]).get('kitchen_board');
    expect(rows.length).to.be.greaterThan(0);
    expect(Object.fromEntries(screen ?? [])).to.deep.equal(Object.fromEntries(await rowsInDatabase(models.pool, kitchenBoard)));
  });

  it('shows in a snapshot what a screen asks for', async () => {
    models.start();
    await models.reached(await happen(models.store, someEvening(400, 61)));
    const board = [...(await rowsInDatabase(models.pool, kitchenBoard)).values()];
    const [place] = board;
    const equal = { locationId: place?.['locationId'] as string, stationId: 'grill', startedAt: null };
    const { rows } = await feed.snapshot({ projection: 'kitchen_board', equal, unequal: { status: 'bumped', server: null } });
    const expected = board.filter(
      (row) =>
        row['locationId'] === equal.locationId &&
        row['stationId'] === 'grill' &&
        row['startedAt'] === null &&
        row['status'] !== 'bumped' &&
        row['server'] !== null,
    );
    expect(rows.length).to.be.greaterThan(0).and.to.be.lessThan(board.length);
    expect(new Set(rows.map((row) => row['ticketId']))).to.deep.equal(new Set(expected.map((row) => row['ticketId'])));
    expect((await feed.snapshot({ projection: 'alerts', equal: {}, unequal: {} })).rows).to.deep.equal([]);
  });

  it('does not reach back before the read models were made, or beyond what it has forgotten', async () => {
    const before = await happen(models.store, someEvening(50, 61));
    models.start();
    await models.reached(before);
    expect(await feed.changesAfter(before - 1, 10)).to.deep.equal({ kind: 'gone' });
    expect(await feed.changesAfter(before, 10)).to.deep.equal({ kind: 'page', changes: [], position: before, more: false });
    const after = await happen(models.store, someEvening(100, 62));
    await models.reached(after);
    const held = await all(before, 10_000);
    await trimFeed(models.owner, '1 hour');
    expect(await all(before, 10_000)).to.deep.equal(held);
    await trimFeed(models.owner, '0 seconds');
    expect(await feed.changesAfter(before, 10)).to.deep.equal({ kind: 'gone' });
    expect(await feed.position()).to.equal(after);
    expect(await feed.changesAfter(after, 10)).to.deep.equal({ kind: 'page', changes: [], position: after, more: false });
  });

  it('tells everyone to begin anew when a rebuilt read model took over, and those who did to go on', async () => {
    const projector = models.start();
    await models.reached(0);
    const position = await happen(models.store, someEvening(100, 61));
    await models.reached(position);
    await projector.rebuild('kitchen_board');
    await models.rebuilt('kitchen_board');
    expect(await feed.changesAfter(position, 10)).to.deep.equal({ kind: 'gone' });
    const begun = await feed.snapshot({ projection: 'kitchen_board', equal: {}, unequal: {} });
    expect(begun.position).to.equal(await feed.position());
    expect(pageOf(await feed.changesAfter(begun.position, 10)).changes).to.deep.equal([]);
    await models.reached(await happen(models.store, someEvening(60, 62)));
    const { changes } = pageOf(await feed.changesAfter(begun.position, 10_000));
    expect(changes[0]?.position).to.be.greaterThan(position);
    expect(changes.length).to.be.greaterThan(0);
    expect(await feed.changesAfter(position, 10)).to.deep.equal({ kind: 'gone' });
  });

  it('is not disturbed by a rebuilt read model that no screen shows', async () => {
    const projector = models.start();
    await models.reached(0);
    const position = await happen(models.store, someEvening(50, 61));
    await models.reached(position);
    await projector.rebuild('orders');
    await models.rebuilt('orders');
    expect(pageOf(await feed.changesAfter(position, 10)).position).to.equal(position);
  });

  it('gives a hint of changes, and tells how far log and read models are', async () => {
    models.start();
    await models.reached(0);
    const hinted = Promise.withResolvers<void>();
    const unhint = feed.onHint(hinted.resolve);
    const position = await happen(models.store, someEvening(60, 61));
    await hinted.promise;
    unhint();
    await models.reached(position);
    expect(await feed.heads()).to.deep.equal({ logPosition: position, projectionPosition: position });
  });
});
