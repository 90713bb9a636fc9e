import { setTimeout as delay } from 'node:timers/promises';
import { type AllStreamResolvedEvent, type EventStoreDBClient, type RecordedEvent, streamNameFilter } from '@eventstore/db-client';
import type { Checkpoint, LogPage } from '../../../commands/ports.ts';
import type { Log } from '../../postgres/log.ts';
import { asFailure, isAnswer } from './failures.ts';
import { checkpointAt, isOurs, OUR_STREAMS, parseCheckpoint, positionOf, toLogEvent } from './recorded.ts';

type Following = { readonly after: Checkpoint; readonly limit: number; readonly signal: AbortSignal };
type Sources = { readonly client: EventStoreDBClient; readonly head: () => Promise<number>; readonly log: Log };

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** In windows of 32 records: how often the server says how far it looked without finding anything of ours. */
const SERVER_CHECKPOINTS = 32;

/** A subscription as a queue that is emptied by pages; the server is held back while it is full. */
const subscribe = (client: EventStoreDBClient, after: Checkpoint, limit: number) => {
  const subscription = client.subscribeToAll(
    { fromPosition: parseCheckpoint(after), filter: streamNameFilter({ regex: OUR_STREAMS, checkpointInterval: SERVER_CHECKPOINTS }) },
    { highWaterMark: limit },
  );
  let failure: unknown = null;
  let ended = false;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  subscription.on('readable', stir);
  subscription.on('error', (error) => {
    failure ??= error;
    stir();
  });
  for (const end of ['end', 'close'] as const) {
    subscription.on(end, () => {
      ended = true;
      stir();
    });
  }

  /** What waits already, up to `limit`. */
  const take = (): readonly RecordedEvent[] => {
    const events: RecordedEvent[] = [];
    while (events.length < limit) {
      const resolved = subscription.read() as AllStreamResolvedEvent | null;
      if (resolved === null) break;
      if (isOurs(resolved.event)) events.push(resolved.event);
    }
    return events;
  };

  return {
    take,
    /** False: nothing more will come. Throws what broke the subscription. */
    more: async (signal: AbortSignal): Promise<boolean> => {
      if (failure === null && !ended && !signal.aborted && subscription.readableLength === 0) {
        const { promise } = wake;
        signal.addEventListener('abort', stir, { once: true });
        await promise;
        signal.removeEventListener('abort', stir);
      }
      if (subscription.readableLength > 0 && !signal.aborted) return true;
      if (failure !== null) throw failure;
      return !ended && !signal.aborted;
    },
    cancel: (): void => {
      subscription.destroy();
      // It may not have begun, or have broken; then there is nothing to cancel.
      subscription.unsubscribe().catch(() => undefined);
    },
  };
};

/** The pages of one subscription, until it ends or breaks. */
async function* pages(
  { client, head: askHead }: Sources,
  { after, limit, signal }: Following,
  told: boolean,
): AsyncGenerator<LogPage, void, void> {
  const subscription = subscribe(client, after, limit);
  try {
    let head = await askHead();
    let checkpoint = after;
    let reached = head === 0 || (after !== '' && Number((parseCheckpoint(after) as { commit: bigint }).commit) >= head);
    let toldHead = told;
    for (;;) {
      const recorded = subscription.take();
      const last = recorded.at(-1);
      if (last !== undefined) {
        const position = positionOf(last);
        head = Math.max(head, Number(position.commit));
        reached = Number(position.commit) >= head;
        toldHead = reached;
        checkpoint = checkpointAt(position);
        yield { events: recorded.map(toLogEvent), checkpoint, head };
      } else if (reached && !toldHead) {
        toldHead = true;
        yield { events: [], checkpoint, head };
      }
      if (last === undefined && !(await subscription.more(signal))) return;
      if (signal.aborted) return;
    }
  } finally {
    subscription.cancel();
  }
}

/** Goes on from its checkpoint on a new subscription whenever one ends or breaks. */
export async function* follow(sources: Sources, { after, limit, signal }: Following): AsyncGenerator<LogPage, void, void> {
  let checkpoint = after;
  let told = false;
  for (let pause = SHORTEST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    let reason: unknown = 'it ended';
    try {
      for await (const page of pages(sources, { after: checkpoint, limit, signal }, told)) {
        ({ checkpoint } = page);
        told = (page.events.at(-1)?.position ?? page.head) >= page.head;
        pause = SHORTEST_PAUSE_MS;
        yield page;
        if (signal.aborted) return;
      }
    } catch (error) {
      const failure = asFailure(error);
      if (isAnswer(error)) throw failure;
      reason = error;
    }
    if (signal.aborted) return;
    sources.log.warn({ err: reason, checkpoint }, 'The subscription to the event log was lost; subscribing again');
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}
