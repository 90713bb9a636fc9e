import type { EventStore, LogPage } from '../../commands/ports.ts';
import type { Client } from 'pg';
import { endOf, type Group } from './group.ts';
import { paced } from '../event-store/paced.ts';
import { ready, takeIn, type Told } from './take-in.ts';
import type { InTurn } from './turns.ts';

const BATCH = 1_000;
/** Screens are this much later at most, and only while much happens. */
const PACE_MS = 15;

type Needs = {
  readonly client: Client;
  readonly store: EventStore;
  readonly live: Group;
  readonly inTurn: InTurn;
  readonly told: Told;
  readonly signal: AbortSignal;
  readonly onTaken: (events: number, seconds: number, head: number) => void;
};

/** Keeps the read models in use at the log's end until the signal aborts; the next page is read while one is written. */
export const followLive = async ({ client, store, live, inTurn, told, signal, onTaken }: Needs): Promise<void> => {
  const pages = paced(store.follow(live.checkpoint, { limit: BATCH, signal }), { ms: PACE_MS, full: BATCH, signal });
  const next = (): Promise<IteratorResult<LogPage>> => {
    const page = pages.next();
    page.catch(() => undefined);
    return page;
  };
  for (let coming = next(); ;) {
    const { done, value: page } = await coming;
    if (done === true || signal.aborted) return;
    coming = next();
    const begun = performance.now();
    const taken = await inTurn(async () => {
      const fresh = ready(live, page.events, { position: endOf(page), checkpoint: page.checkpoint }, told);
      await takeIn(client, live, fresh, told);
      return fresh.events.length;
    });
    onTaken(taken, (performance.now() - begun) / 1_000, page.head);
  }
};
