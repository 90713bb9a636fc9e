import { randomUUIDv7 as newEventId } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventStoreDBClient, jsonEvent, NO_STREAM as NO_STREAM_THERE, WrongExpectedVersionError } from '@eventstore/db-client';
import { type Append, type Appended, DependencyDown, type LogEvent, NO_STREAM } from '../../../commands/ports.ts';
import type { Log } from '../../postgres/log.ts';
import type { Channels } from './channels.ts';
import { asFailure, isAnswer, wasNotSent } from './failures.ts';
import type { Reads } from './reads.ts';

type Told = Extract<Appended, { kind: 'appended' | 'conflict' }>;
/** `certain`: nothing was written; else nobody knows. */
export type EventsAppended = Told | { readonly kind: 'failed'; readonly error: unknown; readonly certain: boolean };

const DEADLINE_MS = 5_000;
const SETTLE_MS = 5_000;
const PAUSE_MS = 100;

const told = ({ revision, position, recordedAt }: LogEvent): Told => ({ kind: 'appended', revision, position, recordedAt });

/** The client would leave out what is not JSON without a word. */
const jsonOf = ({ type, data }: Append['events'][number]): never => {
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new TypeError(`The data of ${type} must be JSON.`);
  return data as never;
};

/** Throws a TypeError for what is not JSON. */
const eventsOf = ({ events, metadata }: Append) =>
  events.map((event) => jsonEvent({ id: newEventId(), type: event.type, data: jsonOf(event), metadata }));

/** Appends, and finds out what became of an append whose answer was lost: the server recognizes one sent again by its event ids. */
export const appendEvents =
  (channels: Channels<EventStoreDBClient>, read: Reads, log: Log) =>
  async (append: Append): Promise<EventsAppended> => {
    const { stream, expected, events } = append;
    let sent: ReturnType<typeof eventsOf>;
    try {
      sent = eventsOf(append);
    } catch (error) {
      return { kind: 'failed', error, certain: true };
    }
    const lastId = sent.at(-1)?.id;
    const expectedRevision = expected === NO_STREAM ? NO_STREAM_THERE : BigInt(expected - 1);

    /** Null: our last event is not where it would be. */
    const written = async (revision: number): Promise<Told | null> => {
      const last = await read.event(stream, revision);
      return last?.eventId === lastId && last !== null ? told(last) : null;
    };

    const attempt = async (): Promise<Told> => {
      try {
        const { nextExpectedRevision } = await channels.use(
          (client) => client.appendToStream(stream, sent, { expectedRevision, deadline: DEADLINE_MS }),
          wasNotSent,
        );
        const done = await written(Number(nextExpectedRevision) + 1);
        if (done === null) throw new Error(`What was appended to ${stream} cannot be read`);
        return done;
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError)) throw error;
        const { actualVersion } = error;
        return { kind: 'conflict', actual: typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : NO_STREAM };
      }
    };

    const giveUp = performance.now() + SETTLE_MS;
    for (let sentBefore = false; ;) {
      try {
        const outcome = await attempt();
        return outcome.kind === 'conflict' && sentBefore ? ((await written(expected + events.length)) ?? outcome) : outcome;
      } catch (error) {
        const failure = asFailure(error);
        if (isAnswer(error) && !(error instanceof DependencyDown)) return { kind: 'failed', error: failure, certain: true };
        if (wasNotSent(error) && !sentBefore) return { kind: 'failed', error: failure, certain: true };
        if (performance.now() > giveUp) return { kind: 'failed', error: failure, certain: false };
        log.warn({ err: error, stream }, 'The answer to an append was lost; finding out whether it was written');
        sentBefore = true;
        await delay(PAUSE_MS);
      }
    }
  };
