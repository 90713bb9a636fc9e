import { setTimeout as delay } from 'node:timers/promises';
import { DependencyDown, type Append, type Appended, type EventStore, type LogEvent, type LogPage } from '../../commands/ports.ts';
import type { Message } from '../../domain/decider.ts';
import { ERASED } from '../../domain/personal.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Subject } from '../../domain/subject.ts';
import type { Log } from '../postgres/log.ts';
import type { HeldKey, Keyring } from './keyring.ts';
import { hasPersonalTexts, withTexts } from './personal-texts.ts';
import { openText, sealText, subjectOf } from './seal-text.ts';

export type SealingMetrics = {
  readonly sealed: (texts: number) => void;
  /** A text that its key does not open: it was changed, or put where it does not belong. */
  readonly unreadable: () => void;
};

type Needs = { readonly store: EventStore; readonly keys: Keyring; readonly log: Log; readonly metrics: SealingMetrics };

const RETRY_MS = 500;
/** Of people with a text that does not open, once each. */
const MOST_TOLD = 1_000;

type Keys = (subjectId: string) => HeldKey | undefined;

const isKept = (text: string): boolean => text === ERASED;

/** Whose texts are in events that are about to be written. */
const subjectsIn = (events: readonly Message<string, unknown>[], actorId: string): readonly Subject[] => {
  const subjects = new Map<string, Subject>();
  for (const event of events) {
    withTexts(event, actorId, (text, _field, subject) => {
      if (subject !== null && !isKept(text)) subjects.set(subject.id, subject);
      return text;
    });
  }
  return [...subjects.values()];
};

const erased = (): Rejection =>
  new Rejection('subject-erased', 'The data of the person this is about were erased: nothing more is kept of him or her.');

/** The key of every subject, where all are at hand. */
const atHand = (keys: Keyring, subjectIds: readonly string[]): Keys | null => {
  const present = new Map<string, HeldKey>();
  for (const id of subjectIds) {
    const key = keys.recall(id);
    if (key === undefined) return null;
    present.set(id, key);
  }
  return (id) => present.get(id);
};

/**
 * The log with its personal texts sealed: sealed as they are appended, opened as they are read, each under its person's key and
 * for its own place. What was erased, or has no key any more, reads as ERASED. What was written before in the clear reads as it is.
 * Without the keys it needs it throws `DependencyDown`, and writes nothing.
 */
export const sealedEventStore = ({ store, keys, log, metrics }: Needs): EventStore => {
  const told = new Set<string>();

  /** Null: `keyOf` does not know a key that is needed. */
  const seal = (append: Append, keyOf: Keys): Append | null => {
    const { stream, expected, metadata } = append;
    let count = 0;
    let allKnown = true;
    const events = append.events.map((event, index) => ({
      type: event.type,
      data: withTexts(event, metadata.actor.userId, (text, field, subject) => {
        if (subject === null || isKept(text)) return text;
        const key = keyOf(subject.id);
        if (key === null) throw erased();
        if (key === undefined) {
          allKnown = false;
          return text;
        }
        count++;
        return sealText(key, text, { stream, revision: expected + index + 1, type: event.type, field, subject: subject.id });
      }),
    }));
    if (!allKnown) return null;
    metrics.sealed(count);
    return { ...append, events };
  };

  const sealWithNewKeys = async (append: Append): Promise<Append> => {
    const made = await keys.make(subjectsIn(append.events, append.metadata.actor.userId), append.metadata.locationId);
    const sealed = seal(append, (id) => made.get(id));
    if (sealed === null) throw erased();
    return sealed;
  };

  const sealedAppend = async (append: Append): Promise<Appended> =>
    store.append(seal(append, keys.recall) ?? (await sealWithNewKeys(append)));

  const openEvent = (event: LogEvent, keyOf: Keys): LogEvent => {
    if (!hasPersonalTexts(event.type)) return event;
    const { stream, revision, type } = event;
    const data = withTexts(event, event.metadata.actor.userId, (text, field) => {
      const subject = subjectOf(text);
      if (subject === null) return text;
      const key = keyOf(subject);
      if (key === undefined || key === null) return ERASED;
      const opened = openText(key, text, { stream, revision, type, field, subject });
      if (opened !== null) return opened;
      metrics.unreadable();
      if (!told.has(subject) && told.size < MOST_TOLD) {
        told.add(subject);
        log.error(
          { stream, revision, field },
          'A sealed text does not open with its key: it was changed or moved, or the key is another one',
        );
      }
      return ERASED;
    });
    return data === event.data ? event : { ...event, data };
  };

  const open = async (events: readonly LogEvent[]): Promise<readonly LogEvent[]> => {
    const subjectIds = new Set<string>();
    for (const event of events) {
      if (!hasPersonalTexts(event.type)) continue;
      withTexts(event, event.metadata.actor.userId, (text) => {
        const subject = subjectOf(text);
        if (subject !== null) subjectIds.add(subject);
        return text;
      });
    }
    if (subjectIds.size === 0) return events;
    const ids = [...subjectIds];
    const present = atHand(keys, ids);
    if (present !== null) return events.map((event) => openEvent(event, present));
    const found = await keys.read(ids);
    return events.map((event) => openEvent(event, (id) => found.get(id)));
  };

  const openPage = async (page: LogPage): Promise<LogPage> => ({ ...page, events: await open(page.events) });

  const openPersistently = async (page: LogPage, signal: AbortSignal): Promise<LogPage | null> => {
    while (!signal.aborted) {
      try {
        return await openPage(page);
      } catch (error) {
        if (!(error instanceof DependencyDown)) throw error;
        log.warn({ err: error }, 'The log cannot be read on without its keys; trying again');
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  };

  return {
    ...store,
    append: (append) => (append.events.some(({ type }) => hasPersonalTexts(type)) ? sealedAppend(append) : store.append(append)),
    readStream: async (stream, after) => open(await store.readStream(stream, after)),
    readLog: async (after, limit, leavingOut) => openPage(await store.readLog(after, limit, leavingOut)),
    async *follow(after, options) {
      for await (const page of store.follow(after, options)) {
        const opened = await openPersistently(page, options.signal);
        if (opened === null) return;
        yield opened;
      }
    },
  };
};
