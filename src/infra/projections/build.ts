import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { DatabaseError, type Client } from 'pg';
import type { EventStore, LogEvent, LogPage } from '../../commands/ports.ts';
import { knownEventTypes } from '../../domain/event-types.ts';
import { foldsType } from '../../projections/projection.ts';
import { gatherer, type Gatherer, type GatherLimits } from './gathered.ts';
import { endOf, type Group, type Mark } from './group.ts';
import { makeIndexes, putInUse, type InUse } from './owner-work.ts';
import { ready, takeIn, type Told } from './take-in.ts';
import type { Target } from './target.ts';
import type { InTurn } from './turns.ts';

/** So few that what their events are made of is gone before it has to be moved. */
const BATCH = 250;
const CAREFUL_BATCH = 1_000;
const PAUSE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

export type BuildNeeds = {
  readonly client: Client;
  readonly ownerUrl: string;
  readonly store: EventStore;
  /** The read models in use, which the built ones join. */
  readonly live: Group;
  readonly inUse: Map<string, InUse>;
  readonly inTurn: InTurn;
  readonly told: Told;
  readonly gathering: GatherLimits;
  readonly signal: AbortSignal;
};

/** Folds the log until the group has come exactly as far as the read models in use (the first of all: to the log's end), then puts it in use. */
export const build = async (group: Group, needs: BuildNeeds): Promise<void> => {
  group.leavingOut = isFirst(needs.live) ? [] : typesNobodyFolds(group.targets);
  while (!needs.signal.aborted) {
    const last = await takeWholePages(group, needs);
    if (last === null) return;
    await makeIndexes(needs.ownerUrl, group.targets);
    const taken = await needs.inTurn(() => takeLast(group, last, needs));
    if (taken === 'in-use') return;
    if (taken === 'wait') await delay(PAUSE_MS, undefined, { signal: needs.signal }).catch(() => undefined);
  }
};

/** Takes in pages as long as all of their events are to be. Answers the page after them; null once the signal aborts. */
const takeWholePages = async (group: Group, needs: BuildNeeds): Promise<LogPage | null> => {
  while (!needs.signal.aborted) {
    const gathered = gatherer(group, { ...needs, limits: needs.gathering });
    const page = await gatherPages(group, gathered, needs);
    if (page !== 'refused') return page;
    await takeCarefully(group, gathered.position(), needs);
  }
  return null;
};

/** As `takeWholePages`: many pages are folded together, while those before them are written and the next is read. */
const gatherPages = async (group: Group, gathered: Gatherer, { store, live, signal }: BuildNeeds): Promise<LogPage | 'refused' | null> => {
  const readAhead = (after: LogPage['checkpoint']): Promise<LogPage> => {
    const page = store.readLog(after, BATCH, group.leavingOut);
    page.catch(() => undefined);
    return page;
  };
  let coming = readAhead(group.checkpoint);
  while (!signal.aborted) {
    const page = await coming;
    const bound = boundOf(live);
    if (page.events.length === 0 || endOf(page) > bound) return (await gathered.written()) ? page : 'refused';
    coming = readAhead(page.checkpoint);
    await gathered.take(page);
    // Others have a turn, and what the database sends of the pages to come is read: none of the awaits here needs one.
    await nextTurn();
    if (gathered.isFull() && !(await gathered.write())) return 'refused';
  }
  await gathered.written();
  return null;
};

/** What was gathered has a row that the database refuses: the events up to there are taken in once more, and what is at fault is found. */
const takeCarefully = async (group: Group, upTo: number, { client, store, inTurn, told, signal }: BuildNeeds): Promise<void> => {
  group.revisions.clear();
  while (group.position < upTo && !signal.aborted) {
    const { events, to } = upToBound(group, await store.readLog(group.checkpoint, CAREFUL_BATCH, group.leavingOut), upTo);
    await inTurn(() => takeIn(client, group, ready(group, events, to, told), told));
  }
};

/** Those in use watch over the whole log, so that what is built beside them may leave out what it does not fold. */
const typesNobodyFolds = (targets: readonly Target[]): readonly string[] =>
  knownEventTypes.filter((type) => !targets.some(({ projection }) => foldsType(projection, type)));

/** What of a page lies before a bound, and how far that brings the group. */
const upToBound = (group: Group, page: LogPage, bound: number): { readonly events: readonly LogEvent[]; readonly to: Mark } =>
  endOf(page) <= bound
    ? { events: page.events, to: { position: endOf(page), checkpoint: page.checkpoint } }
    : {
        events: page.events.filter(({ position }) => position <= bound),
        to: { position: bound, checkpoint: group.checkpoint },
      };

const isFirst = (live: Group): boolean => live.targets.length === 0;
const boundOf = (live: Group): number => (isFirst(live) ? Infinity : live.position);

/** Takes in as much of a page as the read models in use have, and joins them where that is all there is. */
const takeLast = async (group: Group, page: LogPage, needs: BuildNeeds): Promise<'on' | 'wait' | 'in-use'> => {
  const { client, live, told } = needs;
  const before = group.position;
  const { events, to } = upToBound(group, page, boundOf(live));
  await takeIn(client, group, ready(group, events, to, told), told);
  const arrived = isFirst(live) ? page.events.length === 0 : group.position === live.position;
  if (arrived) return (await join(group, needs)) ? 'in-use' : 'wait';
  return group.position === before ? 'wait' : 'on';
};

/** False: someone reads the view that is to be replaced for too long; to be tried again. */
const join = async (group: Group, { client, live, inUse, told }: BuildNeeds): Promise<boolean> => {
  const mark = isFirst(live) ? group : live;
  try {
    const joined = await putInUse(client, group, mark, inUse);
    told.onCommitted(null);
    const replaced = new Set(joined.map(({ projection: { name } }) => name));
    live.targets = [...live.targets.filter(({ projection: { name } }) => !replaced.has(name)), ...joined];
    live.position = mark.position;
    live.checkpoint = mark.checkpoint;
    for (const { projection } of joined) inUse.set(projection.name, { version: projection.version });
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
};
