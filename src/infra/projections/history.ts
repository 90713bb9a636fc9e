import { START, type EventStore, type LogEvent } from '../../commands/ports.ts';
import { foldInto } from '../../projections/fold.ts';
import type { Projection, Row } from '../../projections/projection.ts';
import type { History, Until } from '../../queries/query.ts';
import { factOf, requireKnown } from './fact.ts';

const PAGE = 5_000;

async function* eventsOf(store: EventStore, stream: string | undefined): AsyncIterable<readonly LogEvent[]> {
  if (stream !== undefined) {
    yield await store.readStream(stream);
    return;
  }
  for (let page = await store.readLog(START, PAGE); page.events.length > 0; page = await store.readLog(page.checkpoint, PAGE)) {
    yield page.events;
  }
}

/** Events are recorded in the log's order but may have happened in another: only a position ends the reading. */
const isPast = (event: LogEvent, until: Until): boolean => 'position' in until && event.position > until.position;

/** Folds the log in memory up to a moment. Throws NewerVersionNeeded where what is asked for depends on what a newer program wrote. */
export const historyOf = (store: EventStore): History => ({
  fold: async <R extends Row>(projection: Projection<R>, until: Until, stream?: string): Promise<ReadonlyMap<string, R>> => {
    const rows = new Map<string, R>();
    for await (const events of eventsOf(store, stream)) {
      for (const event of events) {
        if (isPast(event, until)) return rows;
        requireKnown(projection, event);
        const fact = factOf(event);
        if ('position' in until || fact.at <= until.time) foldInto(rows, projection, fact);
      }
    }
    return rows;
  },
});
