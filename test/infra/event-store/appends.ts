import { randomUUID } from 'node:crypto';
import type { Append, Appended, EventStore, LogEvent, LogPage, Metadata, Receipt } from '../../../src/commands/ports.ts';

export const randomStream = (): string => `Order-${randomUUID()}`;

export const someMetadata = (commandId: string = randomUUID()): Metadata => ({
  commandId,
  commandType: 'AddOrderLines',
  correlationId: randomUUID(),
  causationId: null,
  actor: { userId: 'user-1', roles: ['server', 'cashier'], terminalId: 'pos-1' },
  locationId: 'location-1',
  occurredAt: '2025-03-01T12:00:00.000Z',
  traceParent: null,
  schemaVersion: 1,
});

export const note = (text: unknown) => ({ type: 'OrderNoted', data: { text } });
export const notes = (count: number) => Array.from({ length: count }, (_, nth) => note(nth));

export const receiptFor = (key: string, fingerprint = 'fingerprint'): Receipt => ({
  scope: 'pos-1',
  key,
  fingerprint,
  outcome: { kind: 'done', ids: { orderId: 'order-1', lineIds: ['line-1', 'line-2'] } },
});

export const appendOf = (stream: string, expected: number, more: Partial<Append> = {}): Append => ({
  stream,
  expected,
  events: [note('something')],
  metadata: someMetadata(),
  receipt: null,
  ...more,
});

type Written = Extract<Appended, { kind: 'appended' }>;
export const written = (outcome: Appended): Written => {
  if (outcome.kind !== 'appended') throw new Error(`Not appended: ${JSON.stringify(outcome)}`);
  return outcome;
};

/** Appends where the stream is now, as often as it takes. */
export const appendSomehow = async (store: EventStore, stream: string, more: Partial<Append> = {}): Promise<Written> => {
  for (let expected = 0; ;) {
    const outcome = await store.append(appendOf(stream, expected, more));
    if (outcome.kind === 'appended') return outcome;
    if (outcome.kind === 'known') throw new Error('Known');
    expected = outcome.actual;
  }
};

/** Where the log ends now. */
export const endOf = async (store: EventStore): Promise<string> => {
  let page = await store.readLog('', 1000);
  while (page.events.length > 0) page = await store.readLog(page.checkpoint, 1000);
  return page.checkpoint;
};

/** The log's events of these streams. */
export const readLogOf = async (store: EventStore, streams: ReadonlySet<string>, after = '', limit = 500): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = [];
  for (let page = await store.readLog(after, limit); page.events.length > 0; page = await store.readLog(page.checkpoint, limit)) {
    events.push(...page.events.filter(({ stream }) => streams.has(stream)));
  }
  return events;
};

/** Follows until enough was seen; gives the pages. */
export const followUntil = async (
  store: EventStore,
  after: string,
  limit: number,
  enough: (pages: readonly LogPage[]) => boolean,
): Promise<readonly LogPage[]> => {
  const stop = new AbortController();
  const pages: LogPage[] = [];
  for await (const page of store.follow(after, { limit, signal: stop.signal })) {
    pages.push(page);
    if (enough(pages)) stop.abort();
  }
  return pages;
};

export const eventsOf = (pages: readonly LogPage[], streams: ReadonlySet<string>): readonly LogEvent[] =>
  pages.flatMap(({ events }) => events.filter(({ stream }) => streams.has(stream)));

export const placeOf = ({ stream, revision }: LogEvent): string => `${stream}@${revision}`;

/** Runs `work` from several writers at once. */
export const together = <T>(writers: number, work: (writer: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
