import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  type ReadPosition,
  type RecordedEvent,
  StreamNotFoundError,
  type StreamingRead,
} from '@eventstore/db-client';
import { DependencyDown, type Checkpoint, type LogEvent, type LogPage, type Revision } from '../../../commands/ports.ts';
import type { Channels } from './channels.ts';
import { asFailure, isAnswer } from './failures.ts';
import { checkpointAt, isOurs, isSame, parseCheckpoint, positionOf, toLogEvent } from './recorded.ts';

const PATIENCE_MS = 10_000;
const LOOKBACK = 64;

/** The client gives reads no deadline. */
const collect = async (read: StreamingRead<{ readonly event?: RecordedEvent }>): Promise<readonly RecordedEvent[]> => {
  const timer = setTimeout(() => {
    read.destroy(new Error(`EventStoreDB did not answer within ${PATIENCE_MS / 1000} s`));
    // The call may not have begun; that it failed is told by the line before.
    read.cancel().catch(() => undefined);
  }, PATIENCE_MS);
  try {
    const events: RecordedEvent[] = [];
    for await (const { event } of read as AsyncIterable<{ readonly event?: RecordedEvent }>) if (event !== undefined) events.push(event);
    return events;
  } catch (error) {
    throw error instanceof StreamNotFoundError ? error : asFailure(error);
  } finally {
    clearTimeout(timer);
  }
};

export type Reads = {
  readonly stream: (stream: string, after: Revision) => Promise<readonly LogEvent[]>;
  readonly event: (stream: string, revision: Revision) => Promise<LogEvent | null>;
  readonly page: (after: Checkpoint, limit: number) => Promise<LogPage>;
  readonly head: () => Promise<number>;
};

/** Shows whether the server answers. */
export const probe = (client: EventStoreDBClient): Promise<unknown> =>
  collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));

/** Of a call's error: whether it speaks against the channel. */
export const isBroken = (error: unknown): boolean =>
  error instanceof DependencyDown || !(isAnswer(error) || error instanceof StreamNotFoundError);

export const reads = (channels: Channels<EventStoreDBClient>): Reads => {
  /** A read can be made again on another channel. */
  const records = (read: (client: EventStoreDBClient) => StreamingRead<{ readonly event?: RecordedEvent }>) =>
    channels.use(
      (client) => collect(read(client)),
      () => true,
    );

  const streamFrom = async (stream: string, after: Revision, count: number): Promise<readonly LogEvent[]> => {
    try {
      const found = await records((client) => client.readStream(stream, { fromRevision: BigInt(after), maxCount: count }));
      return found.map(toLogEvent);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw error;
    }
  };

  /** The client cannot filter a read, only a subscription; so what is not ours is left out here. */
  const page = async (after: Checkpoint, limit: number): Promise<LogPage> => {
    const found: RecordedEvent[] = [];
    let from = parseCheckpoint(after);
    for (let ended = false; !ended && found.length < limit;) {
      // A read begins with the event at the position, which was read before.
      const count = limit - found.length + 1;
      const before = from;
      const events = await records((client) => client.readAll({ fromPosition: before, maxCount: count }));
      found.push(...events.filter((event) => isOurs(event) && !isSame(positionOf(event), before)));
      const last = events.at(-1);
      if (last !== undefined) from = positionOf(last);
      ended = events.length < count;
    }
    const events = found.map(toLogEvent);
    const position = events.at(-1)?.position ?? 0;
    return { events, checkpoint: typeof from === 'object' ? checkpointAt(from) : after, head: Math.max(position, await head()) };
  };

  // What was looked through once holds nothing new.
  let known = { head: 0, through: -1n };
  const head = async (): Promise<number> => {
    let from: ReadPosition = END;
    let newest: bigint | null = null;
    for (;;) {
      const before: ReadPosition = from;
      const events: readonly RecordedEvent[] = await records((client) =>
        client.readAll({ direction: BACKWARDS, fromPosition: before, maxCount: LOOKBACK }),
      );
      const fresh = events.filter((event) => positionOf(event).commit > known.through);
      const ours = fresh.find((event) => isOurs(event));
      const [first] = fresh;
      if (first !== undefined) newest ??= positionOf(first).commit;
      const last = fresh.at(-1);
      if (ours !== undefined || last === undefined || fresh.length < LOOKBACK) {
        const found = ours === undefined ? known.head : Number(positionOf(ours).commit);
        known = { head: Math.max(known.head, found), through: newest !== null && newest > known.through ? newest : known.through };
        return known.head;
      }
      from = positionOf(last);
    }
  };

  return {
    page,
    head,
    stream: (stream, after) => streamFrom(stream, after, Number.MAX_SAFE_INTEGER),
    event: async (stream, revision) => (await streamFrom(stream, revision - 1, 1))[0] ?? null,
  };
};
