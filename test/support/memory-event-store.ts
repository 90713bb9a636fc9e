import {
  NO_STREAM,
  START,
  type Append,
  type Appended,
  type EventStore,
  type LogEvent,
  type StoredReceipt,
} from '../../src/commands/ports.ts';

export type MemoryEventStore = EventStore & {
  readonly log: readonly LogEvent[];
  readonly streamReads: () => number;
  /** Runs once before the next append: what another process does in between. */
  readonly beforeAppend: (meanwhile: () => Promise<unknown>) => void;
};

/** The port's rules in memory, for tests of what stands on it. */
export const memoryEventStore = (): MemoryEventStore => {
  const log: LogEvent[] = [];
  const receipts = new Map<string, StoredReceipt>();
  let reads = 0;
  let meanwhile: (() => Promise<unknown>) | null = null;
  const inStream = (stream: string) => log.filter((event) => event.stream === stream);

  const write = ({ stream, expected, events, metadata, receipt }: Append): Appended => {
    if (stream === '') throw new TypeError('A stream needs a name');
    const known = receipt === null ? undefined : receipts.get(`${receipt.scope}\n${receipt.key}`);
    if (known !== undefined) return { kind: 'known', receipt: known };
    const actual = inStream(stream).length;
    if (events.length > 0 && actual !== expected) return { kind: 'conflict', actual };
    const recordedAt = '2026-03-01T12:00:00.000Z';
    events.forEach(({ type, data }, index) =>
      log.push({
        type,
        data,
        stream,
        revision: expected + index + 1,
        position: log.length + 1,
        eventId: `event-${log.length + 1}`,
        metadata,
        recordedAt,
      }),
    );
    const revision = expected + events.length;
    if (receipt !== null) receipts.set(`${receipt.scope}\n${receipt.key}`, { ...receipt, stream, revision, position: log.length });
    return { kind: 'appended', revision, position: log.length, recordedAt };
  };

  return {
    log,
    streamReads: () => reads,
    beforeAppend: (next) => (meanwhile = next),
    append: async (append) => {
      const first = meanwhile;
      meanwhile = null;
      await first?.();
      return write(append);
    },
    readStream: async (stream, after = NO_STREAM) => {
      reads++;
      return inStream(stream).filter((event) => event.revision > after);
    },
    receipt: async (scope, key) => receipts.get(`${scope}\n${key}`) ?? null,
    readLog: async (after, limit) => {
      const events = log.filter((event) => event.position > Number(after)).slice(0, limit);
      return { events, checkpoint: String(events.at(-1)?.position ?? (after === START ? 0 : after)), head: log.length };
    },
    async *follow() {
      yield { events: log, checkpoint: String(log.length), head: log.length };
    },
    head: async () => log.length,
    close: async () => undefined,
  };
};
