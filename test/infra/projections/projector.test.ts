import { expect } from 'chai';
import fc from 'fast-check';
import { silent } from '../../../src/infra/event-store/options.ts';
import { canonicalEvents } from '../../support/canonical-events.ts';
import { expectReadModelsEqualFold } from '../../support/oracle.ts';
import { anEvening, happen, someEvening } from './evening.ts';
import { openReadModels, type ReadModels } from './read-models.ts';

describe('Projector', () => {
  let models: ReadModels;
  beforeEach(async () => (models = await openReadModels()));
  afterEach(() => models.close());

  it('keeps the read models as a fold of the log has them, whatever happens', async () => {
    models.start();
    const evenings = fc.asyncProperty(anEvening(120), async (evening) => {
      const position = await happen(models.store, evening);
      await models.reached(position);
      await expectReadModelsEqualFold(models.store, models.pool);
    });
    await fc.assert(evenings, { numRuns: 6, endOnFailure: true });
  });

  it('makes the read models of a log that was there before', async () => {
    const position = await happen(models.store, someEvening(600, 1));
    models.start();
    await models.reached(position);
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('goes on where it was stopped', async () => {
    const first = models.start();
    await models.reached(0);
    await models.reached(await happen(models.store, someEvening(150, 2)));
    await first.stop();
    expect(await models.eventsAfterCheckpoints()).to.equal(0);
    const position = await happen(models.store, someEvening(150, 3));
    models.start();
    await models.reached(position);
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('builds one anew of what it folds, while all else goes on', async () => {
    const errors: unknown[] = [];
    const told = { ...silent, error: (fields: object) => void errors.push(fields) };
    const projector = models.start({ gathering: { events: 100, rows: 100, positions: 400 }, log: told });
    await models.reached(await happen(models.store, someEvening(900, 12)));
    // What happens once they are in use is taken in by a projector that can be asked.
    await models.reached(await happen(models.store, someEvening(20, 12)));
    for (const [seed, name] of ['stock_levels', 'alerts', 'orders'].entries()) {
      const happening = happen(models.store, someEvening(200, 13 + seed));
      await projector.rebuild(name);
      await models.reached(await happening);
      await models.rebuilt(name);
      await models.reached(await happen(models.store, someEvening(20, 13 + seed)));
      await expectReadModelsEqualFold(models.store, models.pool);
    }
    expect(errors).to.deep.equal([]);
  });

  it('is the only one: another stands by, and takes over when it stops', async () => {
    const first = models.start();
    await models.reached(await happen(models.store, someEvening(50, 4)));
    const second = models.start();
    await models.reached(await happen(models.store, someEvening(50, 5)));
    expect([first.isActive(), second.isActive()]).to.deep.equal([true, false]);
    await first.stop();
    await models.reached(await happen(models.store, someEvening(50, 6)));
    expect([first.isActive(), second.isActive()]).to.deep.equal([false, true]);
    await expectReadModelsEqualFold(models.store, models.pool);
  });

  it('loses and doubles nothing when it is cut off in the middle, again and again', async () => {
    models.start();
    models.start();
    await models.reached(await happen(models.store, someEvening(50, 7)));
    for (const seed of [8, 9, 10, 11]) {
      const happening = happen(models.store, someEvening(100, seed));
      expect(await models.cutProjectorOff()).to.equal(1);
      await happening;
      await models.reached(await happen(models.store, someEvening(20, seed)));
    }
    await expectReadModelsEqualFold(models.store, models.pool);
  });
});

describe('The evenings of these tests', () => {
  it('have every event of orders, stock, tables and shifts', () => {
    const happened = new Set(someEvening(3_000, 1).flatMap(({ events }) => events.map(({ type }) => type)));
    const missing = Object.keys(canonicalEvents).filter((type) => /^(Order|Stock|Table|Shift)/.test(type) && !happened.has(type));
    expect(missing).to.deep.equal([]);
  });
});
