import { expect } from 'chai';
import { aggregateCache } from '../../src/commands/aggregate-cache.ts';
import { executor, type Answer, type Envelope } from '../../src/commands/execute.ts';
import { commandNamed } from '../../src/commands/registry.ts';
import { Rejection } from '../../src/domain/rejection.ts';
import { memoryEventStore, type MemoryEventStore } from '../support/memory-event-store.ts';

const locationId = '01939f3a-1000-7000-8000-000000000001';
const otherLocation = '01939f3a-1000-7000-8000-000000000099';
const tableId = '01939f3a-1000-7000-8000-000000000002';

const envelope: Envelope = {
  actor: { userId: 'ana', roles: ['server'], terminalId: null },
  actorName: 'Ana',
  locationIds: [locationId],
  key: null,
  ifMatch: null,
  occurredAt: null,
  correlationId: 'test',
  causationId: null,
  traceParent: null,
};
const withKey = (key: string, fingerprint = 'payload'): Envelope => ({ ...envelope, key: { scope: 'ana', key, fingerprint } });

const clock = { now: () => new Date('2026-03-01T12:00:00Z') };

/** One process: its own cache and executor over a log it may share with another. */
const processOn = (store: MemoryEventStore) => {
  let ids = 0;
  const newId = () => `01939f3a-9000-7000-8000-${String(++ids).padStart(12, '0')}`;
  const execute = executor({ store, cache: aggregateCache(store, clock), clock, newId, onlyLocation: async () => null });
  return (type: string, input: object, as: Envelope = envelope): Promise<Answer> => {
    const definition = commandNamed(type);
    if (definition === undefined) throw new Error(`no command ${type}`);
    return execute(definition, input, as);
  };
};

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
};

const define = { tableId, locationId, name: '7', seats: 4 };

describe('Executing a command', () => {
  it('answers with the revision and position of what it wrote', async () => {
    const run = processOn(memoryEventStore());
    expect(await run('DefineTable', define)).to.deep.equal({ id: tableId, revision: 1, position: 1, ids: { tableId } });
    expect(await run('SeatTable', { tableId, covers: 3 })).to.deep.include({ revision: 2, position: 2 });
  });

  it('reads nothing for an aggregate it has just written', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define);
    const before = store.streamReads();
    await run('SeatTable', { tableId, covers: 3 });
    expect(store.streamReads()).to.equal(before);
  });

  it('reads nothing for what it makes, and finds out from the log where it was made already', async () => {
    const store = memoryEventStore();
    const [one, other] = [processOn(store), processOn(store)];
    await one('DefineTable', define);
    expect(store.streamReads()).to.equal(0);
    expect(await codeOf(other('DefineTable', { ...define, seats: 6 }))).to.equal('table-exists');
    expect(await other('DefineTable', define)).to.deep.include({ revision: 1, position: 1 });
    expect(store.log).to.have.length(1);
  });

  it('says that what another location has under an id does not exist, also to who would make it', async () => {
    const store = memoryEventStore();
    const [one, other] = [processOn(store), processOn(store)];
    await one('DefineTable', { ...define, locationId: otherLocation }, { ...envelope, locationIds: [otherLocation] });
    expect(await codeOf(other('DefineTable', define))).to.equal('table-unknown');
    expect(store.log).to.have.length(1);
  });

  it('decides again on fresh state when another process wrote first', async () => {
    const store = memoryEventStore();
    const [one, other] = [processOn(store), processOn(store)];
    await one('DefineTable', define);
    store.beforeAppend(() => other('SeatTable', { tableId, covers: 2 }));
    expect(await codeOf(one('SeatTable', { tableId, covers: 3 }))).to.equal('table-taken');
    expect(store.log.map((event) => event.type)).to.deep.equal(['TableDefined', 'TableSeated']);
  });

  it('does not call a thing done, or refuse it, on what it only remembers', async () => {
    const store = memoryEventStore();
    const [one, other] = [processOn(store), processOn(store)];
    await one('DefineTable', define);
    await one('SeatTable', { tableId, covers: 3 });
    await other('ReleaseTable', { tableId });
    expect(await one('SeatTable', { tableId, covers: 3 })).to.deep.include({ revision: 4 });
  });

  it('gives the same answer to the same key, whatever happened in between and in whichever process', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define);
    const first = await run('SeatTable', { tableId, covers: 3 }, withKey('a'));
    await run('ReleaseTable', { tableId });
    const again = await processOn(store)('SeatTable', { tableId, covers: 3 }, withKey('a'));
    expect(again).to.deep.equal(first);
    expect(store.log).to.have.length(3);
  });

  it('remembers under its key that there was nothing to do', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define);
    const quiet = await run('ReleaseTable', { tableId }, withKey('b'));
    await run('SeatTable', { tableId, covers: 2 });
    expect(await run('ReleaseTable', { tableId }, withKey('b'))).to.deep.equal(quiet);
    expect(store.log).to.have.length(2);
  });

  it('remembers a refusal under its key', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define);
    await run('SeatTable', { tableId, covers: 2 });
    expect(await codeOf(run('SeatTable', { tableId, covers: 3 }, withKey('c')))).to.equal('table-taken');
    await run('ReleaseTable', { tableId });
    expect(await codeOf(run('SeatTable', { tableId, covers: 3 }, withKey('c')))).to.equal('table-taken');
    expect(store.log).to.have.length(3);
  });

  it('remembers under its key what was refused before there was anything to decide on', async () => {
    const store = memoryEventStore();
    const unknownItem = { orderId: tableId, lines: [{ menuItemId: otherLocation, quantity: 1 }] };
    expect(await codeOf(processOn(store)('AddOrderLines', unknownItem, withKey('h')))).to.equal('menu-item-unknown');
    expect(await codeOf(processOn(store)('AddOrderLines', unknownItem, withKey('h')))).to.equal('menu-item-unknown');
    expect(await codeOf(processOn(store)('AddOrderLines', unknownItem, withKey('h', 'another')))).to.equal('key-reused');
  });

  it('gives the id it chose again to the same key', async () => {
    const store = memoryEventStore();
    const unnamed = { locationId, name: '8', seats: 2 };
    const first = await processOn(store)('DefineTable', unnamed, withKey('d'));
    expect(await processOn(store)('DefineTable', unnamed, withKey('d'))).to.deep.equal(first);
    expect(store.log).to.have.length(1);
  });

  it('refuses a key used for another payload', async () => {
    const run = processOn(memoryEventStore());
    await run('DefineTable', define, withKey('e', 'one payload'));
    expect(await codeOf(run('DefineTable', { ...define, name: '9' }, withKey('e', 'another payload')))).to.equal('key-reused');
  });

  it('refuses a key that is under way', async () => {
    const run = processOn(memoryEventStore());
    const codes = await Promise.all([codeOf(run('DefineTable', define, withKey('f'))), codeOf(run('DefineTable', define, withKey('f')))]);
    expect(codes).to.deep.equal(['done', 'key-in-flight']);
  });

  it('refuses a stale revision, and takes the present one', async () => {
    const run = processOn(memoryEventStore());
    await run('DefineTable', define);
    await run('SeatTable', { tableId, covers: 2 });
    expect(await codeOf(run('ReleaseTable', { tableId }, { ...envelope, ifMatch: 1 }))).to.equal('revision-stale');
    expect(await run('ReleaseTable', { tableId }, { ...envelope, ifMatch: 2 })).to.deep.include({ revision: 3 });
  });

  it('gives the first answer to a retry whose If-Match has become stale by it', async () => {
    const run = processOn(memoryEventStore());
    await run('DefineTable', define);
    const pinned = { ...withKey('g'), ifMatch: 1 };
    const first = await run('SeatTable', { tableId, covers: 2 }, pinned);
    expect(await run('SeatTable', { tableId, covers: 2 }, pinned)).to.deep.equal(first);
  });

  it('says that another location’s thing does not exist', async () => {
    const store = memoryEventStore();
    await processOn(store)('DefineTable', define);
    const elsewhere = { ...envelope, locationIds: [otherLocation] };
    expect(await codeOf(processOn(store)('SeatTable', { tableId, covers: 2 }, elsewhere))).to.equal('table-unknown');
    expect(await codeOf(processOn(store)('DefineTable', { ...define, tableId: otherLocation }, elsewhere))).to.equal('table-unknown');
  });

  it('runs commands on one aggregate one after the other', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define);
    const codes = await Promise.all(Array.from({ length: 5 }, (_none, index) => codeOf(run('SeatTable', { tableId, covers: index + 1 }))));
    expect(codes).to.deep.equal(['done', 'table-taken', 'table-taken', 'table-taken', 'table-taken']);
  });

  it('keeps when it happened, and refuses the future', async () => {
    const store = memoryEventStore();
    const run = processOn(store);
    await run('DefineTable', define, { ...envelope, occurredAt: '2023-01-01T11:38:36.000Z' });
    expect(store.log[0]?.metadata.occurredAt).to.equal('2023-01-01T11:38:36.000Z');
    expect(await codeOf(run('SeatTable', { tableId, covers: 2 }, { ...envelope, occurredAt: '2026-03-01T12:10:00.000Z' }))).to.equal(
      'occurred-in-the-future',
    );
  });
});
