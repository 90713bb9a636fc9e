import { isKnownEvent, NewerVersionNeeded } from '../../commands/newer-version.ts';
import type { LogEvent } from '../../commands/ports.ts';
import { changesOf, foldsType, type Change, type Row } from '../../projections/projection.ts';
import { isKnownEventType } from '../../domain/event-types.ts';
import { factOf, requireKnown } from './fact.ts';
import type { RowCache } from './row-cache.ts';
import type { Target } from './target.ts';

/** What became of a row; `position` is the last event's that changed it. */
export type RowOutcome = { readonly was: Row | null; row: Row | null; position: number };
export type TableOutcome = ReadonlyMap<string, RowOutcome>;

export type ParkReason = 'fold-failed' | 'row-refused' | 'type-unknown';
/** The first event of a stream that a read model cannot take in. */
export type Parking = { readonly target: Target; readonly event: LogEvent; readonly reason: ParkReason; readonly error: unknown };

export type FoldedPage = { readonly tables: ReadonlyMap<Target, TableOutcome>; readonly parkings: readonly Parking[] };
/** A folded page that goes on growing. */
export type Gathering = { readonly tables: Map<Target, Map<string, RowOutcome>>; readonly parkings: Parking[] };
export type Missing = ReadonlyMap<Target, ReadonlySet<string>>;

/** Brings the rows of these keys into the target's cache. */
export type Fetch = (missing: Missing) => Promise<void>;

type Step =
  | { readonly kind: 'changes'; readonly target: Target; readonly event: LogEvent; readonly changes: readonly Change<Row>[] }
  | ({ readonly kind: 'failure' } & Parking);

export const NOTHING: FoldedPage = { tables: new Map(), parkings: [] };
export const gathering = (): Gathering => ({ tables: new Map(), parkings: [] });

/** Folds events in memory, for all targets, on rows fetched together. What cannot be folded is answered as parked, and the rest goes on. */
export const foldPage = async (targets: readonly Target[], events: readonly LogEvent[], fetch: Fetch): Promise<FoldedPage> => {
  const page = gathering();
  for (let missing = gather(page, NOTHING, targets, events); missing !== null; missing = gather(page, NOTHING, targets, events))
    await fetch(missing);
  return page;
};

/**
 * Folds more events into what was gathered since `before`, which is not written yet. Where rows would have to be fetched first it
 * folds nothing, and answers which.
 */
export const gather = (into: Gathering, before: FoldedPage, targets: readonly Target[], events: readonly LogEvent[]): Missing | null => {
  const steps = stepsOf(targets, events, [...before.parkings, ...into.parkings]);
  const missing = missingIn(steps, before, into);
  if (missing.size > 0) return missing;
  apply(steps, before, into);
  return null;
};

type Streams = Map<Target, Set<string>>;
const addTo = (streams: Streams, { target, event }: Parking): void => {
  const known = streams.get(target);
  if (known === undefined) streams.set(target, new Set([event.stream]));
  else known.add(event.stream);
};
const streamsOf = (parkings: readonly Parking[]): Streams => {
  const streams: Streams = new Map();
  for (const parking of parkings) addTo(streams, parking);
  return streams;
};

const stepsOf = (targets: readonly Target[], events: readonly LogEvent[], parkings: readonly Parking[]): readonly Step[] => {
  const parkedBefore = streamsOf(parkings);
  const interested = new Map<string, readonly Target[]>();
  const steps: Step[] = [];
  for (const event of events) {
    let askers = interested.get(event.type);
    if (askers === undefined) {
      // An unknown type concerns whoever folds others of its aggregate: each target is asked.
      askers = isKnownEventType(event.type) ? targets.filter(({ projection }) => foldsType(projection, event.type)) : targets;
      interested.set(event.type, askers);
    }
    if (askers.length === 0) continue;
    const fact = factOf(event);
    const known = isKnownEvent(event);
    for (const target of askers) {
      if (target.parked.has(event.stream) || parkedBefore.get(target)?.has(event.stream)) continue;
      try {
        if (!known) requireKnown(target.projection, event);
        const changes = changesOf(target.projection, fact);
        if (changes.length > 0) steps.push({ kind: 'changes', target, event, changes });
      } catch (error) {
        steps.push({ kind: 'failure', target, event, reason: reasonOf(error), error });
      }
    }
  }
  return steps;
};

const reasonOf = (error: unknown): ParkReason => (error instanceof NewerVersionNeeded ? 'type-unknown' : 'fold-failed');

const missingIn = (steps: readonly Step[], before: FoldedPage, into: FoldedPage): Map<Target, Set<string>> => {
  const missing = new Map<Target, Set<string>>();
  for (const step of steps) {
    if (step.kind === 'failure') continue;
    const { target, changes } = step;
    const now = into.tables.get(target);
    for (const { key } of changes) {
      if (now?.has(key) || before.tables.get(target)?.has(key) || target.cache.get(key) !== undefined) continue;
      const keys = missing.get(target);
      if (keys === undefined) missing.set(target, new Set([key]));
      else keys.add(key);
    }
  }
  return missing;
};

const apply = (steps: readonly Step[], before: FoldedPage, { tables, parkings }: Gathering): void => {
  const parkedNow: Streams = new Map();
  const park = (parking: Parking): void => {
    parkings.push(parking);
    addTo(parkedNow, parking);
  };
  for (const step of steps) {
    const { target, event } = step;
    if (parkedNow.get(target)?.has(event.stream)) continue;
    if (step.kind === 'failure') {
      park(step);
      continue;
    }
    let rows = tables.get(target);
    if (rows === undefined) tables.set(target, (rows = new Map()));
    try {
      applyChanges(rows, rowsFrom(before.tables.get(target), target.cache), event.position, step.changes);
    } catch (error) {
      park({ target, event, reason: 'fold-failed', error });
    }
  }
};

type RowOf = (key: string) => Row | null;

const rowsFrom =
  (before: TableOutcome | undefined, cache: RowCache): RowOf =>
  (key) => {
    const outcome = before?.get(key);
    return outcome === undefined ? (cache.get(key) ?? null) : outcome.row;
  };

/** All of an event's changes or, where one throws, none. */
const applyChanges = (rows: Map<string, RowOutcome>, rowBefore: RowOf, position: number, changes: readonly Change<Row>[]): void => {
  const [only] = changes;
  if (only !== undefined && changes.length === 1)
    return settle(rows, rowBefore, only.key, only.to(rowNow(rows, rowBefore, only.key)), position);
  const after = new Map<string, Row | null>();
  for (const change of changes) {
    const present = after.get(change.key);
    after.set(change.key, change.to(present === undefined ? rowNow(rows, rowBefore, change.key) : present));
  }
  for (const [key, row] of after) settle(rows, rowBefore, key, row, position);
};

const rowNow = (rows: ReadonlyMap<string, RowOutcome>, rowBefore: RowOf, key: string): Row | null => {
  const outcome = rows.get(key);
  return outcome === undefined ? rowBefore(key) : outcome.row;
};

const settle = (rows: Map<string, RowOutcome>, rowBefore: RowOf, key: string, row: Row | null, position: number): void => {
  const outcome = rows.get(key);
  if (outcome === undefined) {
    const was = rowBefore(key);
    if (row !== was) rows.set(key, { was, row, position });
  } else if (row !== outcome.row) {
    outcome.row = row;
    outcome.position = position;
  }
};
