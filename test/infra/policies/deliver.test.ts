import { expect } from 'chai';
import { pino } from 'pino';
import { send as sending } from '../../../src/commands/policies/policy.ts';
import type { SendCommand, Sent } from '../../../src/commands/policies/send-command.ts';
import { NewerVersionNeeded } from '../../../src/commands/newer-version.ts';
import { policies } from '../../../src/commands/policies/all.ts';
import { DependencyDown, type LogEvent } from '../../../src/commands/ports.ts';
import { deliver } from '../../../src/infra/policies/deliver.ts';
import { SCHEMA_VERSION } from '../../../src/domain/upcast.ts';
import { planned as plannedFor, type PlannedCommand } from '../../../src/infra/policies/plan.ts';
import { thrownBy } from '../event-store/thrown-by.ts';
import { metadataAt } from '../projections/evening.ts';

const log = pino({ level: 'silent' });
const done: Sent = { kind: 'done' };

/** The nth event's command to an item. */
const planned = (id: string, n: number): PlannedCommand => ({
  policy: 'consume-recipe',
  eventId: `event-${n}`,
  effect: 0,
  position: n,
  send: sending(id, { type: 'ConsumeStock', data: { stockItemId: id, uses: [] } }),
  cause: {
    sender: 'consume-recipe',
    key: `key-${n}`,
    eventId: `event-${n}`,
    correlationId: 'request',
    occurredAt: null,
    traceParent: null,
  },
});

const delivering = (
  commands: readonly PlannedCommand[],
  send: SendCommand,
  { concurrency = 64, signal = new AbortController().signal } = {},
) => {
  const pauses: number[] = [];
  const pause = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);
  return { pauses, refusals: deliver(commands, { send, log, pause, concurrency }, signal) };
};

/** Fails with each of these in turn, then succeeds. */
const failing = (...failures: readonly unknown[]): SendCommand => {
  const left = [...failures];
  return async () => {
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return done;
  };
};

const eventOf = (type: string, schemaVersion: number): LogEvent => ({
  type,
  data: {},
  eventId: 'event-1',
  position: 1,
  stream: 'StockItem-1',
  revision: 1,
  metadata: metadataAt('location-1', { schemaVersion }),
  recordedAt: '2026-03-01T12:00:00.000Z',
});

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);

describe('Delivering policies’ commands', () => {
  it('keeps the order of the log for each aggregate, and sends to several side by side', async () => {
    const finish = new Map<string, () => void>();
    const began: string[] = [];
    const send: SendCommand = (_, { key }) => {
      began.push(key);
      return new Promise((resolve) => finish.set(key, () => resolve(done)));
    };
    const { refusals } = delivering([planned('bun', 1), planned('beef', 2), planned('bun', 3)], send);
    expect(began).to.deep.equal(['key-1', 'key-2']);
    finish.get('key-1')?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(began).to.deep.equal(['key-1', 'key-2', 'key-3']);
    finish.get('key-2')?.();
    finish.get('key-3')?.();
    expect(await refusals).to.deep.equal([]);
  });

  it('sends no more at once than it may', async () => {
    let under = 0;
    let most = 0;
    const send: SendCommand = async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      return done;
    };
    await delivering(
      Array.from({ length: 20 }, (_, n) => planned(`item-${n}`, n)),
      send,
      { concurrency: 4 },
    ).refusals;
    expect(most).to.equal(4);
  });

  it('waits for a log that is out of reach as long as it takes, with growing pauses', async () => {
    const { pauses, refusals } = delivering([planned('bun', 1)], failing(...times(12, new DependencyDown('event log', null))));
    expect(await refusals).to.deep.equal([]);
    expect(pauses).to.deep.equal([50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
  });

  it('waits where others change the same thing', async () => {
    const answers: Sent[] = [{ kind: 'busy', code: 'too-much-contention' }, done];
    const { pauses, refusals } = delivering([planned('bun', 1)], async () => answers.shift() ?? done);
    expect(await refusals).to.deep.equal([]);
    expect(pauses).to.deep.equal([50]);
  });

  it('tries again what failed for an unforeseen reason', async () => {
    const { refusals } = delivering([planned('bun', 1)], failing(...times(7, new Error('odd'))));
    expect(await refusals).to.deep.equal([]);
  });

  it('notes what keeps failing for an unforeseen reason, and goes on', async () => {
    const sent: string[] = [];
    const send: SendCommand = async (_, { key }) => {
      sent.push(key);
      if (key === 'key-1') throw new Error('odd');
      return done;
    };
    const { refusals } = delivering([planned('bun', 1), planned('bun', 2)], send);
    const expected = { policy: 'consume-recipe', eventId: 'event-1', effect: 0, position: 1, commandType: 'ConsumeStock' };
    expect(await refusals).to.deep.equal([{ ...expected, code: 'policy-effect-failed', detail: 'Error: odd' }]);
    expect(sent).to.deep.equal([...times(8, 'key-1'), 'key-2']);
  });

  it('stands aside for a newer version where it does not understand what happened', async () => {
    const newer = new NewerVersionNeeded(eventOf('StockItemRelabelled', 1));
    const { pauses, refusals } = delivering([planned('bun', 1), planned('bun', 2)], failing(newer));
    expect(await thrownBy(refusals)).to.equal(newer);
    expect(pauses).to.deep.equal([]);
  });

  it('begins nothing more once it is told to stop, and says that it is not done', async () => {
    const stop = new AbortController();
    const sent: string[] = [];
    const send: SendCommand = async (_, { key }) => {
      sent.push(key);
      stop.abort(new Error('stopped'));
      return done;
    };
    let thrown: unknown = null;
    await delivering([planned('bun', 1), planned('bun', 2)], send, { signal: stop.signal }).refusals.catch(
      (error: unknown) => (thrown = error),
    );
    expect(sent).to.deep.equal(['key-1']);
    expect(thrown).to.deep.include({ message: 'stopped' });
  });
});

describe('Planning what policies do', () => {
  const plan = (type: string, schemaVersion: number) => plannedFor(policies, () => 0, [eventOf(type, schemaVersion)]);

  it('does not guess at an event they act on that has a newer form', () => {
    expect(() => plan('OrderTicketStarted', SCHEMA_VERSION + 1)).to.throw(NewerVersionNeeded);
  });

  it('leaves alone what they do not act on, of whatever version', () => {
    expect(plan('OrderSplit', SCHEMA_VERSION + 1)).to.deep.equal({ commands: [], jobs: [], refusals: [] });
  });
});
