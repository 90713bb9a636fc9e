import { expect } from 'chai';
import { START, type EventStore, type LogPage } from '../../../src/commands/ports.ts';
import { expectReadModelsEqualFold } from '../../support/oracle.ts';
import { happen, someEvening } from './evening.ts';
import { openReadModels, type ReadModels } from './read-models.ts';

/** The store's pages as they come, each made into others. */
const following = (store: EventStore, remade: (page: LogPage) => readonly LogPage[]): EventStore => ({
  ...store,
  follow: async function* (after, options) {
    for await (const page of store.follow(after, options)) yield* remade(page);
  },
});

describe('The order of the log', () => {
  let models: ReadModels;
  beforeEach(async () => {
    models = await openReadModels();
    const first = models.start();
    await models.reached(await happen(models.store, someEvening(300, 41)));
    await first.stop();
  });
  afterEach(() => models.close());

  it('leaves out what comes again', async () => {
    const store = following(models.store, (page) => [page, page, { ...page, events: page.events.slice(-3) }]);
    models.start({ store });
    await models.reached(await happen(models.store, someEvening(100, 42)));
    await models.reached(await happen(models.store, someEvening(100, 43)));
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('leaves out what was taken in before it was started anew', async () => {
    models.start({ store: { ...models.store, follow: (_after, options) => models.store.follow(START, options) } });
    await models.reached(await happen(models.store, someEvening(100, 42)));
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('tells of an event that is missing in its stream, and goes on', async () => {
    let gaps = 0;
    const store = following(models.store, (page) => [{ ...page, events: page.events.filter(({ type }) => type !== 'OrderLinesAdded') }]);
    models.start({ store, metrics: { gap: () => gaps++ } });
    await models.reached(await happen(models.store, someEvening(100, 42)));
    expect(gaps).to.be.greaterThan(0);
  });

  it('has no gap where nothing is missing', async () => {
    let gaps = 0;
    models.start({ metrics: { gap: () => gaps++ } });
    await models.reached(await happen(models.store, someEvening(100, 42)));
    expect(gaps).to.equal(0);
  });
});
