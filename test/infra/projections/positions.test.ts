import { expect } from 'chai';
import { projections } from '../../../src/projections/all.ts';
import { projectionPositions } from '../../../src/infra/projections/positions.ts';
import { serverUrl } from '../../support/postgres.ts';
import { happen, someEvening } from './evening.ts';
import { log, openReadModels, type ReadModels } from './read-models.ts';

const NEVER_MS = 60_000;
const AT_ONCE_MS = 1;

describe('Waiting for a read model', () => {
  let models: ReadModels;
  beforeEach(async () => (models = await openReadModels()));
  afterEach(() => models.close());

  it('ends when it has come to the position', async () => {
    models.start();
    await models.reached(0);
    const waiting = models.positions.waitFor(['orders', 'table_map'], 40, NEVER_MS);
    const position = await happen(models.store, someEvening(100, 51));
    expect(position).to.be.at.least(40);
    expect(await waiting).to.equal(true);
  });

  it('ends at once where it has come there before', async () => {
    models.start();
    const position = await happen(models.store, someEvening(30, 51));
    await models.reached(position);
    expect(await models.positions.waitFor(['orders'], position, NEVER_MS)).to.equal(true);
  });

  it('ends without it when that takes too long', async () => {
    models.start();
    await models.reached(await happen(models.store, someEvening(30, 51)));
    expect(await models.positions.waitFor(['orders'], 1_000_000, AT_ONCE_MS)).to.equal(false);
  });

  it('is in vain for one that nobody keeps', async () => {
    models.start({ projections: projections.filter(({ name }) => name !== 'orders') });
    const others = projections.filter(({ name }) => name !== 'orders');
    await models.reached(await happen(models.store, someEvening(30, 51)), others);
    expect(await models.positions.waitFor(['stock_levels', 'orders'], 1, AT_ONCE_MS)).to.equal(false);
  });

  it('needs no notice', async () => {
    models.start();
    await models.reached(0);
    const hearsNothing = await projectionPositions({ pool: models.pool, url: serverUrl(), log });
    const waiting = hearsNothing.waitFor(['orders'], 20, NEVER_MS);
    await happen(models.store, someEvening(60, 51));
    expect(await waiting).to.equal(true);
    await hearsNothing.close();
  });

  it('can be judged by how far each has come', async () => {
    expect(await models.positions.status(0)).to.deep.equal([]);
    models.start();
    const position = await happen(models.store, someEvening(30, 51));
    await models.reached(position);
    const status = await models.positions.status(position + 3);
    expect(status.map(({ name }) => name)).to.deep.equal(projections.map(({ name }) => name).toSorted());
    for (const one of status) {
      expect(one).to.deep.include({ version: 1, position, lagEvents: 3, parkedStreams: 0, building: null });
    }
  });
});
