import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError, type Client } from 'pg';
import type { EventStore, LogPage } from '../../commands/ports.ts';
import type { Group } from './group.ts';
import { putInUse, type InUse } from './owner-work.ts';
import { ready, takeIn, type Ready, type Told } from './take-in.ts';
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
  while (!needs.signal.aborted) {
    const last = await takeWholePages(group, needs);
    if (last === null) return;
    const taken = await needs.inTurn(() => takeLast(group, last, needs));
    if (taken === 'in-use') return;
    if (taken === 'wait') await delay(PAUSE_MS, undefined, { signal: needs.signal }).catch(() => undefined);
  }
};

/**
 * Takes in pages as long as all of their events are to be: while one is written the next is folded, and the one after it read.
 * Answers the page after them; null once the signal aborts.
 */
const takeWholePages = async (group: Group, { client, store, live, inTurn, told, signal }: BuildNeeds): Promise<LogPage | null> => {
  let coming = readAhead(store, group.checkpoint);
  let writing: Promise<boolean> = Promise.resolve(true);
  let before: Ready | null = null;
  while (!signal.aborted) {
    const page = await coming;
    const bound = boundOf(live);
    if (page.events.length === 0 || page.events.some(({ position }) => position > bound)) {
      await writing;
      return page;
    }
    coming = readAhead(store, page.checkpoint);
    if (before?.folded === null) {
      await writing;
      before = null;
    }
    const folded: Ready = ready(group, page.events, page.checkpoint, told, before);
    const next: Ready = (await writing) ? folded : { ...folded, folded: null };
    writing = inTurn(() => takeIn(client, group, next, told));
    writing.catch(() => undefined);
    before = next;
  }
  await writing;
  return null;
};

const readAhead = (store: EventStore, after: LogPage['checkpoint']): Promise<LogPage> => {
  const page = store.readLog(after, BATCH);
  page.catch(() => undefined);
  return page;
};

const isFirst = (live: Group): boolean => live.targets.length === 0;
const boundOf = (live: Group): number => (isFirst(live) ? Infinity : live.position);

/** Takes in as much of a page as the read models in use have, and joins them where that is all there is. */
const takeLast = async (group: Group, page: LogPage, needs: BuildNeeds): Promise<'on' | 'wait' | 'in-use'> => {
  const { client, live, told } = needs;
  const bound = boundOf(live);
  const whole = page.events.every(({ position }) => position <= bound);
  const events = whole ? page.events : page.events.filter(({ position }) => position <= bound);
  await takeIn(client, group, ready(group, events, whole ? page.checkpoint : group.checkpoint, told), told);
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
