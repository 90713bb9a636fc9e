import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore } from '../../commands/ports.ts';
import { isKnownEventType } from '../../domain/event-types.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Log } from '../postgres/log.ts';
import { build, type BuildNeeds } from './build.ts';
import { builds, type Builds } from './builds.ts';
import { findGroups, readParked } from './checkpoints.ts';
import type { Committed } from './committed.ts';
import type { Parking } from './fold-page.ts';
import { followLive } from './follow-live.ts';
import { gatherLimits, type GatherLimits } from './gathered.ts';
import type { Gap, Group } from './group.ts';
import type { Session } from '../postgres/session.ts';
import { lockedSession } from './lock.ts';
import { takeInParked, type Retried } from './retry-parked.ts';
import type { Told } from './take-in.ts';
import { forgetChanges, trimFeed } from './trim-feed.ts';
import { turns } from './turns.ts';

export type ProjectorMetrics = {
  readonly folded: (events: number, seconds: number) => void;
  /** Of a read model in use, behind the log. */
  readonly lag: (projection: string, events: number) => void;
  readonly parked: (projection: string) => void;
  readonly gap: () => void;
};

export type ProjectorOptions = {
  /** The owner's: read models' tables are made here; rows are written as the program's role. */
  readonly ownerUrl: string;
  readonly store: EventStore;
  readonly projections: readonly Projection[];
  readonly log: Log;
  readonly metrics: ProjectorMetrics;
  /** Told of what screens show, once it is committed. */
  readonly committed?: Committed;
  /** While read models are built. */
  readonly gathering?: GatherLimits;
};

/** What can be asked of a projector while it works. */
export type Work = {
  /** Tries once more to take in a parked stream. */
  readonly retryParked: (projection: string, stream: string) => Promise<Retried>;
  /** Begins to build a read model anew beside the one in use, which it then replaces. */
  readonly rebuild: (projection: string) => Promise<void>;
  /** Builds read models anew, as the log reads from now on, and forgets how their rows changed before; resolves when they are in use. */
  readonly renew: (projections: readonly string[]) => Promise<void>;
};

const TRIM_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** One stretch of work, from getting the lock to losing it, failing or being stopped. */
export const projectOnce = async (options: ProjectorOptions, stopped: AbortSignal, onActive: (work: Work) => void): Promise<void> => {
  const session = await lockedSession(options.ownerUrl, stopped);
  if (session === null) return;
  const failure = new AbortController();
  const signal = AbortSignal.any([stopped, session.lost, failure.signal]);
  try {
    await workOn(options, session, signal, (error) => failure.abort(error), onActive);
  } catch (error) {
    // The first thing that went wrong, and not what went wrong because of it.
    throw signal.aborted && !stopped.aborted ? signal.reason : error;
  } finally {
    await session.close();
  }
  if (!stopped.aborted) throw signal.reason;
};

type Fail = (error: unknown) => void;

const workOn = async (
  options: ProjectorOptions,
  { client }: Session,
  signal: AbortSignal,
  fail: Fail,
  onActive: (work: Work) => void,
): Promise<void> => {
  const { ownerUrl, store, projections, metrics, gathering = gatherLimits } = options;
  const inTurn = turns();
  const { live, builds: begun, inUse } = await findGroups(client, store, projections);
  const needs: BuildNeeds = { client, ownerUrl, store, live, inUse: new Map(inUse), inTurn, told: toldBy(options), gathering, signal };
  // What another projector did before is not told here.
  needs.told.onCommitted(null);
  const underWay = builds(needs, options.log, fail);
  const trimming = setInterval(() => void inTurn(() => trimFeed(client)).catch(fail), TRIM_EVERY_MS);
  try {
    const [first, ...others] = begun;
    // Where nothing is in use yet, the first come to the log's end before anything else.
    if (first !== undefined && live.targets.length === 0) await build(first, needs);
    else if (first !== undefined) underWay.start(first);
    others.forEach(underWay.start);

    const work: Work = { rebuild: underWay.rebuild, renew: renewing(needs, underWay), retryParked: retrying(options, needs, underWay) };
    onActive(work);
    await retryWhatIsKnownNow(needs, work);
    const onTaken = (events: number, seconds: number, head: number): void => {
      if (events > 0) metrics.folded(events, seconds);
      tellLag(options, live, head);
    };
    await followLive({ ...needs, onTaken });
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    clearInterval(trimming);
    fail(new Error('The log is closed'));
    await underWay.ended();
  }
};

const tellLag = ({ metrics }: ProjectorOptions, { targets, position }: Group, head: number): void => {
  for (const { projection } of targets) metrics.lag(projection.name, Math.max(0, head - position));
};

/** A program that knows more types than the one before takes in what that one parked. */
const retryWhatIsKnownNow = async ({ client }: BuildNeeds, { retryParked }: Work): Promise<void> => {
  const parked = await readParked(client);
  const known = parked.filter(({ reason, type, building }) => reason === 'type-unknown' && !building && isKnownEventType(type));
  for (const { projection, stream } of known) await retryParked(projection, stream);
};

const renewing =
  ({ client, store, live, inTurn, told, signal }: BuildNeeds, { renew }: Builds): Work['renew'] =>
  async (names) => {
    // Nothing that was read before is still on its way into the tables then.
    const head = await store.head();
    while (live.position < head && !signal.aborted) await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    await renew(names);
    await inTurn(() => forgetChanges(client, live.position));
    told.onCommitted(null);
  };

const retrying =
  ({ log }: ProjectorOptions, { client, store, live, inTurn, told }: BuildNeeds, { rebuild }: Builds) =>
  async (name: string, stream: string): Promise<Retried> => {
    const target = live.targets.find(({ projection }) => projection.name === name);
    if (target === undefined || !target.parked.has(stream)) return 'not-parked';
    if (target.projection.shared) {
      await rebuild(name);
      return 'rebuilding';
    }
    try {
      await inTurn(() => takeInParked(client, store, live, target, stream));
      told.onCommitted(null);
      return 'taken-in';
    } catch (error) {
      log.error({ projection: name, stream, err: error }, 'The parked stream still cannot be taken in');
      return 'parked';
    }
  };

const toldBy = ({ log, metrics, committed }: ProjectorOptions): Told => ({
  onCommitted: (news) => committed?.tell(news),
  onGap: (gap: Gap): void => {
    metrics.gap();
    log.error(gap, 'The log has a gap: an event of this stream is missing');
  },
  onParked: ({ target, event, reason, error }: Parking): void => {
    const { name: projection } = target.projection;
    const { stream, position, type } = event;
    metrics.parked(projection);
    log.error(
      { projection, stream, position, type, reason, err: error },
      'A read model cannot take in this event: its stream is parked there',
    );
  },
});
