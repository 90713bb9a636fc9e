import { expect } from 'chai';
import { foldStream } from '../../src/commands/fold-stream.ts';
import { NewerVersionNeeded } from '../../src/commands/newer-version.ts';
import type { LogEvent } from '../../src/commands/ports.ts';
import { commands } from '../../src/commands/registry.ts';
import type { Message } from '../../src/domain/decider.ts';
import { SCHEMA_VERSION, upcast } from '../../src/domain/upcast.ts';
import { factOf } from '../../src/infra/projections/fact.ts';
import { projectionsOfForeignLog } from '../../src/projections/all.ts';
import { foldInto } from '../../src/projections/fold.ts';
import type { Row } from '../../src/projections/projection.ts';
import { metadataAt } from '../infra/projections/evening.ts';
import { canonicalEvents, locationId } from '../support/canonical-events.ts';
import { shippedEvents } from '../support/shipped-events.ts';

/** What the log says about logins and roles; no rule decides by it. */
const WITHOUT_RULES = ['Account', 'Role'];
const aggregates = [...new Set([...commands.map(({ aggregate }) => aggregate.name), ...WITHOUT_RULES])].toSorted(
  (a, b) => b.length - a.length,
);
const aggregateOf = (type: string): string => aggregates.find((name) => type.startsWith(name)) ?? '';

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

/** As the log has them: what is changed in place throws. */
const stored = (events: readonly Message<string, unknown>[], schemaVersion: number): readonly LogEvent[] =>
  events.map(({ type, data }, index) =>
    frozen({
      type,
      data,
      eventId: `event-${index + 1}`,
      position: index + 1,
      revision: index + 1,
      stream: `${aggregateOf(type)}-${locationId}`,
      metadata: metadataAt(locationId, { schemaVersion }),
      recordedAt: '2025-03-14T21:00:00.000Z',
    }),
  );

const rowsOf = (events: readonly LogEvent[]): readonly (readonly [name: string, rows: ReadonlyMap<string, Row>])[] =>
  projectionsOfForeignLog.map((projection) => {
    const rows = new Map<string, Row>();
    for (const event of events) foldInto(rows, projection, factOf(event));
    return [projection.name, rows];
  });

/** Of what happened to accounts and roles there is none: it is noted in the log, and they are kept in tables. */
const statesOf = (events: readonly LogEvent[]): readonly (readonly [stream: string, state: unknown])[] =>
  [...Map.groupBy(events, ({ stream }) => stream)]
    .filter(([stream]) => !stream.startsWith('-'))
    .map(([stream, own]) => [stream, foldStream(stream, own)]);

describe('Events as they were ever written', () => {
  for (const [version, events] of shippedEvents) {
    it(`of version ${version} are folded by every rule and read model, the same each time`, () => {
      const log = stored(events, version);
      const states = statesOf(log);
      const stateless = states.filter(([, state]) => state === null).map(([stream]) => stream);
      expect(stateless).to.have.members(WITHOUT_RULES.map((name) => `${name}-${locationId}`));
      expect(statesOf(log)).to.deep.equal(states);
      const rows = rowsOf(log);
      expect(rows.filter(([, { size }]) => size === 0).map(([name]) => name)).to.deep.equal([]);
      expect(rowsOf(log)).to.deep.equal(rows);
    });

    it(`of version ${version} have the forms of today once they are brought up`, () => {
      const raised = events.map((event) => upcast(event, version));
      expect(raised.map(formOf)).to.deep.equal(raised.map(({ type }) => formOf(canonicalEvents[type as keyof typeof canonicalEvents])));
    });
  }

  it('have an example of the form that is written now', () => {
    const newest = shippedEvents.get(SCHEMA_VERSION) ?? [];
    const kept = Object.fromEntries(newest.map((event) => [event.type, event]));
    expect(kept, `keep it in test/support/shipped-events/${SCHEMA_VERSION}.json, or raise SCHEMA_VERSION`).to.deep.equal(canonicalEvents);
  });

  it('are not guessed at where a newer version gave them another form', () => {
    const [event] = stored([canonicalEvents.TableDefined], SCHEMA_VERSION + 1);
    expect(() => foldStream(`Table-${locationId}`, event === undefined ? [] : [event])).to.throw(NewerVersionNeeded, 'newer version');
  });
});

/** The names and kinds of an event's data, all the way down. */
const formOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(formOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'none' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, formOf(inner)]));
};
