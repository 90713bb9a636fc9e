import type { Checkpoint, LogEvent, LogPage, Metadata } from '../../../commands/ports.ts';
import type { AppendItem } from './append-call.ts';
import type { Verdict } from './append-connection.ts';
import { parseCheckpoint } from './reads.ts';

/** A batch that was committed to the log of this epoch: a verdict for each of its items. */
export type Batch = { readonly epoch: string; readonly items: readonly AppendItem[]; readonly verdicts: readonly Verdict[] };

/** The log's end as far as this process wrote it: who follows the log need not have that read back from the database. */
export type WrittenHere = {
  readonly add: (batch: Batch) => void;
  /** The database told that the log has come to this position. */
  readonly heardOf: (position: number) => void;
  readonly has: (position: number) => boolean;
  /** Null: what follows on the checkpoint was not written here, or is no longer kept. */
  readonly pageAfter: (after: Checkpoint, limit: number) => LogPage | null;
};

type Kept = { readonly event: LogEvent; readonly size: number };

/** Characters of JSON: so much that a follower who is busy for a while still finds what came meanwhile. */
const MOST_SIZE = 4_000_000;

/** As they would be read back. */
const eventsOf = ({ stream, expected, events, metadata, size }: AppendItem, last: number, recordedAt: string): readonly Kept[] => {
  const parsed = JSON.parse(metadata) as Metadata;
  return events.map(({ id: eventId, type, data }, nth) => ({
    event: {
      type,
      data: JSON.parse(data) as unknown,
      eventId,
      position: last - events.length + nth + 1,
      stream,
      revision: expected + nth + 1,
      metadata: parsed,
      recordedAt,
    },
    size: size / events.length,
  }));
};

export const writtenHere = (mostSize = MOST_SIZE): WrittenHere => {
  let epoch: string | null = null;
  let kept: Kept[] = [];
  let keptSize = 0;
  let heard = 0;

  const from = (): number => kept[0]?.event.position ?? Infinity;
  const to = (): number => kept.at(-1)?.event.position ?? -Infinity;

  const startOver = (): void => {
    kept = [];
    keptSize = 0;
  };

  const keep = (one: Kept): void => {
    // Somebody else wrote in between.
    if (one.event.position !== to() + 1) startOver();
    kept.push(one);
    keptSize += one.size;
  };

  /** By halves, so that it costs next to nothing. */
  const forgetOldest = (): void => {
    let forgotten = 0;
    while (keptSize > mostSize / 2 && forgotten < kept.length) keptSize -= kept[forgotten++]?.size ?? 0;
    kept = kept.slice(forgotten);
  };

  return {
    add: (batch) => {
      if (batch.epoch !== epoch) {
        startOver();
        heard = 0;
      }
      ({ epoch } = batch);
      batch.items.forEach((item, index) => {
        const verdict = batch.verdicts[index];
        if (verdict?.kind === 'written') eventsOf(item, verdict.position, verdict.recordedAt).forEach(keep);
      });
      if (keptSize > mostSize) forgetOldest();
    },
    heardOf: (position) => {
      heard = Math.max(heard, position);
    },
    has: (position) => position >= from() && position <= to(),
    pageAfter: (after, limit) => {
      const { epoch: ofEpoch, position } = parseCheckpoint(after);
      if (ofEpoch !== epoch || position < from() - 1 || position >= to()) return null;
      const begin = position + 1 - from();
      const events = kept.slice(begin, begin + limit).map(({ event }) => event);
      // An event after these that somebody else wrote is read from the database next.
      return { events, checkpoint: `${ofEpoch}/${events.at(-1)?.position ?? position}`, head: Math.max(to(), heard) };
    },
  };
};
