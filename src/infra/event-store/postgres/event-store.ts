import type { Pool } from 'pg';
import { type EventStore, NO_STREAM } from '../../../commands/ports.ts';
import { openAppendPool } from '../../postgres/connect.ts';
import type { Log } from '../../postgres/log.ts';
import { type OnAnotherLog, type OnAppended, silent } from '../options.ts';
import { appends } from './append.ts';
import { chunks } from './chunks.ts';
import { follow } from './follow.ts';
import { type Hints, hints } from './hints.ts';
import { readingOn } from './reading-on.ts';
import { reads } from './reads.ts';
import { type Batch, writtenHere } from './written-here.ts';

export type PostgresEventStoreOptions = {
  /** Stays the caller's, who ends it after `close`. Appends have one more connection, of the same kind. */
  readonly pool: Pool;
  /** The owner's, for listening. */
  readonly url: string;
  readonly log?: Log;
  readonly onAppended?: OnAppended;
  readonly onAnotherLog?: OnAnotherLog;
};

/** The log in PostgreSQL. `readLog` and `follow` throw StaleCheckpoint for a checkpoint of another log. */
export const postgresEventStore = ({
  pool,
  url,
  log = silent,
  onAppended = () => undefined,
  onAnotherLog = () => undefined,
}: PostgresEventStoreOptions): EventStore => {
  const closed = new AbortController();
  const read = reads(pool);
  const readLog = readingOn({ page: read.page, chunk: chunks(pool), head: read.head });
  const appendPool = openAppendPool(pool, { ownerUrl: url, log });
  const here = writtenHere();
  let listening: Hints | null = null;
  const onBatch = (batch: Batch): void => {
    if (listening === null) return;
    here.add(batch);
    listening.give();
  };
  const { append, isIdle, close } = appends(appendPool, read, log, { onAppended, onAnotherLog, onBatch });
  /** While an append is under way the notice may be about that one, whose answer is a hint too. */
  const isNews = (position: number): boolean => {
    here.heardOf(position);
    return isIdle() && !here.has(position);
  };
  const readPage: EventStore['readLog'] = async (after, limit) => here.pageAfter(after, limit) ?? readLog(after, limit);

  return {
    append,
    readStream: (stream, after = NO_STREAM) => read.stream(stream, after),
    receipt: read.receipt,
    readLog,
    follow: (after, { limit, signal }) => {
      listening ??= hints(url, log, isNews);
      return follow(readPage, listening, log, { after, limit, signal: AbortSignal.any([signal, closed.signal]) });
    },
    head: read.head,
    close: async () => {
      closed.abort();
      await Promise.all([close(), listening?.close()]);
      if (!appendPool.ending) await appendPool.end();
    },
  };
};
