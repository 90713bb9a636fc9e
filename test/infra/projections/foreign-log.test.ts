import { expect } from 'chai';
import type { DatabasePool } from 'slonik';
import { eventStoreDb } from '../../../src/infra/event-store/eventstoredb/event-store.ts';
import { openQueries } from '../../../src/infra/postgres/connect.ts';
import { projectionsOfForeignLog } from '../../../src/projections/all.ts';
import { auditEvents } from '../../../src/queries/audit-trail.ts';
import { eventStoreDbStub, type EventStoreDbStub } from '../../support/eventstoredb-stub.ts';
import { expectReadModelsEqualFold } from '../../support/oracle.ts';
import { happenInTurn, someEvening } from './evening.ts';
import { log, openReadModels, type ReadModels } from './read-models.ts';

const projections = projectionsOfForeignLog;

describe('Read models of a log in EventStoreDB', () => {
  let stub: EventStoreDbStub;
  let models: ReadModels;
  let db: DatabasePool;
  beforeEach(async () => {
    stub = await eventStoreDbStub();
    models = await openReadModels((pool) => eventStoreDb({ url: stub.url, pool, log }));
    db = await openQueries(models.url, { name: 'test queries', max: 1, log });
  });
  afterEach(async () => {
    await db.end();
    await models.close();
    await stub.stop();
  });

  it('are those of a fold of it, also after a restart and lost connections', async () => {
    const first = models.start({ projections });
    await models.reached(await happenInTurn(models.store, someEvening(120, 71)), projections);
    stub.writeElsewhere('$stats-127.0.0.1', 5);
    await models.reached(await happenInTurn(models.store, someEvening(60, 72)), projections);
    expect(stub.dropSubscriptions('error')).to.equal(1);
    await models.reached(await happenInTurn(models.store, someEvening(60, 73)), projections);
    await first.stop();
    const position = await happenInTurn(models.store, someEvening(60, 74));
    models.start({ projections });
    await models.reached(position, projections);
    await expectReadModelsEqualFold(models.store, models.pool, projections);
  });

  it('hold the audit trail too, under the name it has elsewhere', async () => {
    models.start({ projections });
    const evening = someEvening(80, 71);
    const [first] = evening;
    await models.reached(await happenInTurn(models.store, evening), projections);
    const answer = await auditEvents.run(db, { limit: 1000 }, null);
    const count = evening.reduce((sum, { events }) => sum + events.length, 0);
    expect(answer?.items).to.have.length(count);
    const stream = await auditEvents.run(db, { stream: first?.stream ?? '', limit: 1 }, null);
    expect(stream?.items[0]).to.deep.include({
      revision: 1,
      actorId: 'ana',
      actorRoles: ['server'],
      commandType: 'SomeCommand',
      data: first?.events[0]?.data,
    });
    expect(answer?.items[0]?.occurredAt).to.equal(answer?.items[0]?.recordedAt);
  });
});
