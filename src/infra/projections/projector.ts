import { setTimeout as delay } from 'node:timers/promises';
import { START, type EventStore } from '../../commands/ports.ts';
import { isKnownEventType } from '../../projections/event-types.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Log } from '../postgres/log.ts';
import { build, type BuildNeeds } from './build.ts';
import { findGroups, readParked } from './checkpoints.ts';
import type { Parking } from './fold-page.ts';
import { followLive } from './follow-live.ts';
import { groupOf, type Gap, type Group } from './group.ts';
import { lockedSession } from './lock.ts';
import { beginBuild } from './owner-work.ts';
import { takeInParked, type Retried } from './retry-parked.ts';
import { trimFeed } from './trim-feed.ts';
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
};

export type Projector = {
  /** False: another process projects, and this one stands by. */
  readonly isActive: () => boolean;
  /** Tries once more to take in a parked stream. Throws ProjectorStandsBy. */
  readonly retryParked: (projection: string, stream: string) => Promise<Retried>;
  /** Begins to build a read model anew beside the one in use, which it then replaces. Throws ProjectorStandsBy. */
  readonly rebuild: (projection: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export class ProjectorStandsBy extends Error {
  readonly code = 'projector-stands-by';
  constructor() {
    super('Another process keeps the read models, or this one is just starting: ask there, or again.');
    this.name = 'ProjectorStandsBy';
  }
}

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const TRIM_EVERY_MS = 60_000;

type Work = Pick<Projector, 'retryParked' | 'rebuild'>;

/** Keeps the read models at the log's end until stopped: alone among all processes, through lost connections and failures. */
export const startProjector = (options: ProjectorOptions): Projector => {
  const { log } = options;
  const stopping = new AbortController();
  let active: Work | null = null;

  const keep = async (): Promise<void> => {
    for (let pause = SHORTEST_PAUSE_MS; !stopping.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await project(options, stopping.signal, (work) => {
          active = work;
          pause = SHORTEST_PAUSE_MS;
        });
      } catch (error) {
        log.error({ err: error }, 'The read models cannot be kept up at the moment; trying again');
      }
      active = null;
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const kept = keep();
  const working = (): Work => {
    if (active === null) throw new ProjectorStandsBy();
    return active;
  };
  return {
    isActive: () => active !== null,
    retryParked: async (projection, stream) => working().retryParked(projection, stream),
    rebuild: async (projection) => working().rebuild(projection),
    stop: async () => {
      stopping.abort();
      await kept;
    },
  };
};

const toldBy = ({ log, metrics }: ProjectorOptions) => ({
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

/** One stretch of work, from getting the lock to losing it or being stopped. */
const project = async (options: ProjectorOptions, stopped: AbortSignal, onActive: (work: Work) => void): Promise<void> => {
  const { ownerUrl, store, projections, log, metrics } = options;
  const session = await lockedSession(ownerUrl, stopped);
  if (session === null) return;
  const { client } = session;
  const failure = new AbortController();
  const signal = AbortSignal.any([stopped, session.lost, failure.signal]);
  const fail = (error: unknown): void => failure.abort(error);
  const building = new Map<string, Promise<void>>();
  const trimming = setInterval(() => void inTurn(() => trimFeed(client)).catch(fail), TRIM_EVERY_MS);
  const inTurn = turns();
  const told = toldBy(options);
  try {
    const { live, builds, inUse } = await findGroups(client, store, projections);
    const needs: BuildNeeds = { client, store, live, inUse: new Map(inUse), inTurn, told, signal };
    const startBuild = (group: Group): void => {
      const names = group.targets.map(({ projection }) => projection.name);
      const done = build(group, needs)
        .then(() => log.info({ readModels: names }, 'Read models were built and are in use'))
        .catch(fail)
        .finally(() => names.forEach((name) => building.delete(name)));
      for (const name of names) building.set(name, done);
    };
    const [first, ...others] = live.targets.length === 0 ? builds : [null, ...builds];
    if (first !== null && first !== undefined) await build(first, needs);
    others.filter((group) => group !== null).forEach(startBuild);

    const rebuild = (name: string): Promise<void> =>
      inTurn(async () => {
        const target = live.targets.find(({ projection }) => projection.name === name);
        if (target === undefined || building.has(name)) return;
        const anew = await beginBuild(client, target.projection, needs.inUse.get(name) ?? null);
        startBuild(groupOf(true, [anew], { position: 0, checkpoint: START }));
      });
    const retryParked = async (name: string, stream: string): Promise<Retried> => {
      const target = live.targets.find(({ projection }) => projection.name === name);
      if (target === undefined || !target.parked.has(stream)) return 'not-parked';
      if (target.projection.shared) {
        await rebuild(name);
        return 'rebuilding';
      }
      return inTurn(() => takeInParked(client, store, live, target, stream)).then(
        (): Retried => 'taken-in',
        (error: unknown): Retried => {
          log.error({ projection: name, stream, err: error }, 'The parked stream still cannot be taken in');
          return 'parked';
        },
      );
    };
    onActive({ rebuild, retryParked });

    const nowKnown = (await readParked(client)).filter(({ reason, type }) => reason === 'type-unknown' && isKnownEventType(type));
    for (const { projection, stream } of nowKnown) await retryParked(projection, stream);
    const onTaken = (events: number, seconds: number, head: number): void => {
      if (events > 0) metrics.folded(events, seconds);
      for (const { projection } of live.targets) metrics.lag(projection.name, Math.max(0, head - live.position));
    };
    await followLive({ client, store, live, inTurn, told, signal, onTaken });
    if (!stopped.aborted) throw signal.reason;
  } catch (error) {
    throw stopped.aborted || !signal.aborted ? error : signal.reason;
  } finally {
    clearInterval(trimming);
    fail(new Error('The projector ended'));
    await Promise.all(building.values());
    await session.close();
  }
};
