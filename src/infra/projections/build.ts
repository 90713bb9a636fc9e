import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError, type Client } from 'pg';
import type { EventStore, LogPage } from '../../commands/ports.ts';
import type { Group } from './group.ts';
import { putInUse, type InUse } from './owner-work.ts';
import { takeIn, type Told } from './take-in.ts';
import type { InTurn } from './turns.ts';

const BATCH = 5_000;
const PAUSE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

export type BuildNeeds = {
  readonly client: Client;
  readonly store: EventStore;
  /** The read models in use, which the built ones join. */
  readonly live: Group;
  readonly inUse: Map<string, InUse>;
  readonly inTurn: InTurn;
  readonly told: Told;
  readonly signal: AbortSignal;
};

/** Folds the log until the group has come exactly as far as the read models in use (the first of all: to the log's end), then puts it in use. */
export const build = async (group: Group, needs: BuildNeeds): Promise<void> => {
  const read = (): Promise<LogPage> => {
    const page = needs.store.readLog(group.checkpoint, BATCH);
    page.catch(() => undefined);
    return page;
  };
  let coming = read();
  while (!needs.signal.aborted) {
    const page = await coming;
    const whole = page.events.length > 0 && page.events.every(({ position }) => position <= boundOf(needs.live));
    if (whole) coming = readAhead(needs.store, page);
    const taken = await needs.inTurn(() => takePage(group, page, whole, needs));
    if (taken === 'in-use') return;
    if (taken === 'wait') await delay(PAUSE_MS, undefined, { signal: needs.signal }).catch(() => undefined);
    if (!whole) coming = read();
  }
};

const readAhead = (store: EventStore, { checkpoint }: LogPage): Promise<LogPage> => {
  const page = store.readLog(checkpoint, BATCH);
  page.catch(() => undefined);
  return page;
};

const isFirst = (live: Group): boolean => live.targets.length === 0;
const boundOf = (live: Group): number => (isFirst(live) ? Infinity : live.position);

const takePage = async (group: Group, page: LogPage, whole: boolean, needs: BuildNeeds): Promise<'on' | 'wait' | 'in-use'> => {
  const { client, live, told } = needs;
  const bound = boundOf(live);
  const events = whole ? page.events : page.events.filter(({ position }) => position <= bound);
  const checkpoint = whole ? page.checkpoint : group.checkpoint;
  await takeIn(client, group, events, { position: group.position, checkpoint }, told);
  const arrived = isFirst(live) ? page.events.length === 0 : group.position === live.position;
  if (arrived) return (await join(group, needs)) ? 'in-use' : 'wait';
  return page.events.length === 0 ? 'wait' : 'on';
};

/** False: someone reads the view that is to be replaced for too long; to be tried again. */
const join = async (group: Group, { client, live, inUse }: BuildNeeds): Promise<boolean> => {
  const mark = isFirst(live) ? group : live;
  try {
    const joined = await putInUse(client, group, mark, inUse);
    live.targets = [...live.targets, ...joined];
    live.position = mark.position;
    live.checkpoint = mark.checkpoint;
    for (const { projection } of joined) inUse.set(projection.name, { version: projection.version });
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
};
