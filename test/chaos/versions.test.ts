import { expect } from 'chai';
import { v7 } from 'uuid';
import { aggregateCache } from '../../src/commands/aggregate-cache.ts';
import { commands } from '../../src/commands/registry.ts';
import { parkedStreams } from '../../src/infra/projections/status.ts';
import { canonicalEvents, locationId } from '../support/canonical-events.ts';
import { expectReadModelsEqualFold } from '../support/oracle.ts';
import { memoryEventStore } from '../support/memory-event-store.ts';
import { happen, metadataAt } from '../infra/projections/evening.ts';
import { openReadModels } from '../infra/projections/read-models.ts';

const AGGREGATES = ['Order', 'StockItem', 'Table', 'Shift', 'MenuItem', 'Menu', 'Location', 'Alert'];
const aggregateOf = (type: string): string => AGGREGATES.find((name) => type.startsWith(name)) ?? '';

const examples = Object.values(canonicalEvents);

describe('Chaos: events of other versions of the program', () => {
  it('are all still taken in, each as its example was kept', async () => {
    const models = await openReadModels();
    try {
      models.start();
      const happenings = examples.map((event) => ({ stream: `${aggregateOf(event.type)}-${locationId}`, locationId, events: [event] }));
      await models.reached(await happen(models.store, happenings));
      expect(await parkedStreams(models.pool)).to.deep.equal([]);
      await expectReadModelsEqualFold(models.store, models.pool);
    } finally {
      await models.close();
    }
  });

  it('are not guessed at by the rules, where they are newer', async () => {
    const store = memoryEventStore();
    const cache = aggregateCache(store, { now: () => new Date(0) });
    const append = (stream: string, expected: number, type: string) =>
      store.append({ stream, expected, events: [{ type, data: {} }], metadata: metadataAt(locationId), receipt: null });
    for (const { aggregate } of commands) {
      const id = v7();
      await append(`${aggregate.name}-${id}`, 0, `${aggregate.name}Reimagined`);
      const failure = await cache.refresh(aggregate, id).catch((error: unknown) => error);
      expect(String(failure), aggregate.name)
        .to.match(/newer version/)
        .and.to.match(/^NewerVersionNeeded/);
    }
  });
});
