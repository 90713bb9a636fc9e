import type { Pool } from 'pg';
import { type Append, type Appended, type EventStore, NO_STREAM } from '../../../commands/ports.ts';
import { realTimers } from '../../../http/live/timers.ts';
import type { Log } from '../../postgres/log.ts';
import { type OnAppended, silent } from '../options.ts';
import { appendEvents } from './append-events.ts';
import { appendWithReceipt } from './append.ts';
import { channelsOver, noChannelMetrics, type ChannelMetrics } from './channels.ts';
import { closeClient, openClient } from './client.ts';
import { follow } from './follow.ts';
import { isBroken, probe, reads } from './reads.ts';
import { receiptLedger } from './receipt-ledger.ts';

const MOST_SUBSCRIPTIONS = 100;

export type EventStoreDbOptions = {
  /** `esdb://...`, see EventStoreDB's documentation of connection strings. */
  readonly url: string;
  /** Connections that appends and reads are spread over; each subscription has one of its own besides. */
  readonly channels?: number;
  readonly channelMetrics?: ChannelMetrics;
  /** Where receipts are kept. Stays the caller's, who ends it after `close`. */
  readonly pool: Pool;
  readonly log?: Log;
  readonly onAppended?: OnAppended;
};

/** The log in EventStoreDB, its receipts in PostgreSQL. Besides the port's errors it throws StreamDeleted and StaleCheckpoint. */
export const eventStoreDb = ({
  url,
  channels: count = 1,
  channelMetrics = noChannelMetrics,
  pool,
  log = silent,
  onAppended = () => undefined,
}: EventStoreDbOptions): EventStore => {
  const clients = Array.from({ length: count }, (_, index) => openClient(url, index + 1));
  const channels = channelsOver({ clients, probe, isBroken, timers: realTimers, metrics: channelMetrics, log });
  const read = reads(channels);
  const ledger = receiptLedger(pool);
  const append = appendWithReceipt({ read, ledger, log, appendEvents: appendEvents(channels, read, log) });
  const closed = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let subscriptions = 0;

  const measured = async (what: Append): Promise<Appended> => {
    const started = performance.now();
    const outcome = await append(what);
    onAppended(outcome.kind === 'appended' ? what.events.length : 0, 1, (performance.now() - started) / 1000);
    return outcome;
  };

  return {
    append: async (what) => {
      if (closed.signal.aborted) throw new Error('The event store is closed.');
      const outcome = measured(what);
      const settled = outcome.catch(() => undefined).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return outcome;
    },
    readStream: (stream, after = NO_STREAM) => read.stream(stream, after),
    receipt: ledger.find,
    readLog: read.page,
    follow: async function* (after, { limit, signal }) {
      // A channel of its own: where a subscription breaks, the client closes the channel under everybody else.
      const own = openClient(url, count + 1 + (subscriptions++ % MOST_SUBSCRIPTIONS));
      try {
        yield* follow({ client: own, head: read.head, log }, { after, limit, signal: AbortSignal.any([signal, closed.signal]) });
      } finally {
        await closeClient(own);
      }
    },
    head: read.head,
    close: async () => {
      if (closed.signal.aborted) return;
      closed.abort();
      await Promise.all(underWay);
      channels.close();
      await Promise.all(clients.map(closeClient));
    },
  };
};
