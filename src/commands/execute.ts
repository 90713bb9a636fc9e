import type { Message } from '../domain/decider.ts';
import { Rejection } from '../domain/rejection.ts';
import { SCHEMA_VERSION } from '../domain/upcast.ts';
import { streamName, type AggregateCache, type Loaded } from './aggregate-cache.ts';
import type { CommandDefinition, Context, Ids, Load, LocationOf, Prepared } from './command.ts';
import { inOrder } from './in-order.ts';
import {
  NO_STREAM,
  type Actor,
  type Append,
  type Appended,
  type Clock,
  type EventStore,
  type Metadata,
  type NewId,
  type Outcome,
  type Receipt,
  type Revision,
  type StoredReceipt,
} from './ports.ts';

/** `formerFingerprint`: as receipts of before have it; asked for only where the other is not theirs. */
type SenderKey = {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly formerFingerprint?: () => string;
};

/** What comes with a command from outside its data. `locationIds` null: all of them. */
export type Envelope = {
  readonly actor: Actor;
  readonly actorName: string;
  /** Who approved it, where the actor himself may not do it. */
  readonly approvedBy?: string | null;
  readonly locationIds: readonly string[] | null;
  readonly key: SenderKey | null;
  readonly ifMatch: Revision | null;
  readonly occurredAt: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceParent: string | null;
};

export type Answer = { readonly id: string; readonly revision: Revision; readonly position: number; readonly ids: Ids };
export type Execute = (definition: CommandDefinition, input: unknown, envelope: Envelope) => Promise<Answer>;

export type ExecuteNeeds = {
  readonly store: EventStore;
  readonly cache: AggregateCache;
  readonly clock: Clock;
  readonly newId: NewId;
  /** The only location of the system, where there is just one. */
  readonly onlyLocation: () => Promise<string | null>;
  readonly onOutcome?: (type: string, outcome: 'done' | 'quiet' | 'refused' | 'replayed') => void;
};

const ATTEMPTS = 5;
const FOREIGN_MAX_AGE_MS = 1000;
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Load, decide, append with the expected revision; on a lost race decide again on fresh state, unless the sender pinned a revision. */
export const executor = ({ store, cache, clock, newId, onlyLocation, onOutcome = () => {} }: ExecuteNeeds): Execute => {
  const oneAtATime = inOrder();
  const underWay = new Set<string>();

  const load: Load = async (aggregate, id) => {
    const held = cache.recent(aggregate, id);
    if (held !== null && clock.now().getTime() - held.readAt < FOREIGN_MAX_AGE_MS) return held.state;
    return (await cache.shareRefresh(aggregate, id)).state;
  };

  const locationOf: LocationOf = async (aggregate, id) => {
    const held = cache.recent(aggregate, id);
    return (held && aggregate.locationOf(held.state)) ?? aggregate.locationOf((await cache.shareRefresh(aggregate, id)).state);
  };

  const contextOf = (envelope: Envelope): Context => ({
    at: envelope.occurredAt ?? clock.now().toISOString(),
    newId,
    actor: envelope.actor,
    actorName: envelope.actorName,
    approvedBy: envelope.approvedBy ?? null,
    load,
    locationOf,
    location: async (asked) => {
      if (asked !== undefined) return asked;
      const only = envelope.locationIds?.length === 1 ? envelope.locationIds[0] : await onlyLocation();
      if (only === null || only === undefined)
        throw new Rejection('location-required', 'There are several locations: say which one with locationId.');
      return only;
    },
  });

  const append = (
    prepared: Subject,
    envelope: Envelope,
    expected: Revision,
    events: readonly Message<string, unknown>[],
    outcome: Outcome,
  ): Promise<Appended> =>
    store.append({
      stream: prepared.stream,
      expected,
      events,
      metadata: metadataOf(prepared, envelope, newId()),
      receipt: envelope.key === null ? null : receiptOf(envelope.key, outcome),
    } satisfies Append);

  const replay = (definition: CommandDefinition, envelope: Envelope, receipt: StoredReceipt): Answer => {
    onOutcome(definition.type, 'replayed');
    return answerOf(definition, envelope, receipt);
  };

  /** Keeps the refusal under the sender's key; where the key was used before, the first answer stands. */
  const refuse = async (
    definition: CommandDefinition,
    subject: Subject,
    envelope: Envelope,
    revision: Revision,
    rejection: Rejection,
  ): Promise<Answer> => {
    if (envelope.key !== null) {
      const kept = await append(subject, envelope, revision, [], { kind: 'refused', code: rejection.code, detail: rejection.detail });
      if (kept.kind === 'known') return replay(definition, envelope, kept.receipt);
    }
    onOutcome(definition.type, 'refused');
    throw rejection;
  };

  const quiet = async (
    definition: CommandDefinition,
    subject: Subject,
    envelope: Envelope,
    prepared: Prepared<unknown>,
    loaded: Loaded<unknown>,
  ): Promise<Answer> => {
    const answer = { id: prepared.id, revision: loaded.revision, position: loaded.position, ids: prepared.ids };
    if (envelope.key === null) return answer;
    const kept = await append(subject, envelope, loaded.revision, [], { kind: 'done', ids: prepared.ids });
    if (kept.kind === 'known') return replay(definition, envelope, kept.receipt);
    onOutcome(definition.type, 'quiet');
    return kept.kind === 'appended' ? { ...answer, position: kept.position } : answer;
  };

  const attempt = async (
    definition: CommandDefinition,
    prepared: Prepared<Message<string, unknown>>,
    envelope: Envelope,
  ): Promise<Answer> => {
    const { aggregate } = definition;
    // What is made is most likely not there: the append finds out as well as a look into the log before it.
    const cached = cache.recent(aggregate, prepared.id) ?? (definition.creates ? notThere(aggregate) : null);
    let fresh = cached === null;
    let loaded: Loaded<unknown> = cached ?? (await cache.refresh(aggregate, prepared.id));
    for (let tries = 1; ; tries++) {
      const locationId = aggregate.locationOf(loaded.state) ?? prepared.locationId;
      const subject = { stream: streamName(aggregate, prepared.id), commandType: definition.type, locationId };
      const decided = decide(definition, prepared, envelope, loaded, locationId);
      if (decided.kind === 'refused' || decided.events.length === 0) {
        // What was held may be old: only the log itself may say no, or that there is nothing to do.
        if (!fresh) {
          const now = await cache.refresh(aggregate, prepared.id);
          fresh = true;
          if (now.revision !== loaded.revision) {
            loaded = now;
            continue;
          }
        }
        if (decided.kind === 'refused') return refuse(definition, subject, envelope, loaded.revision, decided.rejection);
        return quiet(definition, subject, envelope, prepared, loaded);
      }
      const result = await append(subject, envelope, loaded.revision, decided.events, { kind: 'done', ids: prepared.ids });
      if (result.kind === 'known') return replay(definition, envelope, result.receipt);
      if (result.kind === 'appended') {
        cache.advance(aggregate, prepared.id, loaded, decided.events, result.position);
        onOutcome(definition.type, 'done');
        return { id: prepared.id, revision: result.revision, position: result.position, ids: prepared.ids };
      }
      if (tries === ATTEMPTS)
        throw new Rejection('too-much-contention', 'Others change the same thing at this moment: send the command again.');
      loaded = await cache.refresh(aggregate, prepared.id);
      fresh = true;
    }
  };

  const run: Execute = async (definition, input, envelope) => {
    refuseFuture(envelope, clock);
    let prepared: Prepared<Message<string, unknown>>;
    try {
      prepared = await definition.prepare(input as never, contextOf(envelope));
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      return refuse(definition, { stream: definition.aggregate.name, commandType: definition.type, locationId: null }, envelope, 0, error);
    }
    return oneAtATime(streamName(definition.aggregate, prepared.id), () => attempt(definition, prepared, envelope));
  };

  return async (definition, input, envelope) => {
    if (envelope.key === null) return run(definition, input, envelope);
    const name = `${envelope.key.scope}\n${envelope.key.key}`;
    if (underWay.has(name))
      throw new Rejection('key-in-flight', 'A command with this Idempotency-Key is under way: ask again in a moment for its answer.');
    underWay.add(name);
    try {
      return await run(definition, input, envelope);
    } finally {
      underWay.delete(name);
    }
  };
};

const notThere = ({ decider }: CommandDefinition['aggregate']): Loaded<unknown> => ({
  state: decider.initial,
  revision: NO_STREAM,
  position: 0,
  readAt: 0,
});

const receiptOf = ({ scope, key, fingerprint }: SenderKey, outcome: Outcome): Receipt => ({ scope, key, fingerprint, outcome });

type Subject = { readonly stream: string; readonly commandType: string; readonly locationId: string | null };
type Decided =
  | { readonly kind: 'events'; readonly events: readonly Message<string, unknown>[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

const decide = (
  definition: CommandDefinition,
  prepared: Prepared<Message<string, unknown>>,
  envelope: Envelope,
  loaded: Loaded<unknown>,
  locationId: string | null,
): Decided => {
  try {
    if (envelope.locationIds !== null && locationId !== null && !envelope.locationIds.includes(locationId))
      throw unknownTo(definition.aggregate.name);
    if (envelope.ifMatch !== null && envelope.ifMatch !== loaded.revision) {
      throw new Rejection(
        'revision-stale',
        `This has changed since (it is at revision ${loaded.revision}): read it again and decide anew.`,
      );
    }
    return { kind: 'events', events: definition.aggregate.decider.decide(loaded.state, prepared.command) };
  } catch (error) {
    if (error instanceof Rejection) return { kind: 'refused', rejection: error };
    throw error;
  }
};

/** The same refusal as for a thing that never was, so that nobody learns what other locations have. */
const unknownTo = (aggregateName: string): Rejection => {
  const name = aggregateName.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return new Rejection(`${name}-unknown`, `There is no such ${name.replace('-', ' ')}: check its id.`);
};

const refuseFuture = (envelope: Envelope, clock: Clock): void => {
  if (envelope.occurredAt === null) return;
  if (Date.parse(envelope.occurredAt) > clock.now().getTime() + CLOCK_TOLERANCE_MS) {
    throw new Rejection('occurred-in-the-future', 'occurredAt is later than now: set the terminal’s clock.');
  }
};

const metadataOf = (subject: Subject, envelope: Envelope, commandId: string): Metadata => ({
  commandId,
  commandType: subject.commandType,
  correlationId: envelope.correlationId,
  causationId: envelope.causationId,
  actor: envelope.actor,
  locationId: subject.locationId,
  occurredAt: envelope.occurredAt,
  traceParent: envelope.traceParent,
  schemaVersion: SCHEMA_VERSION,
});

/** The first answer again, or the refusal that was given; a key used for something else is refused. */
const answerOf = (
  definition: CommandDefinition,
  envelope: Envelope,
  { outcome, fingerprint, stream, revision, position }: StoredReceipt,
): Answer => {
  if (fingerprint !== envelope.key?.fingerprint && fingerprint !== envelope.key?.formerFingerprint?.()) {
    throw new Rejection('key-reused', 'This Idempotency-Key was used for another command: take a new key for each command.');
  }
  if (outcome.kind === 'refused') throw new Rejection(outcome.code, outcome.detail);
  return { id: stream.slice(definition.aggregate.name.length + 1), revision, position, ids: outcome.ids };
};
