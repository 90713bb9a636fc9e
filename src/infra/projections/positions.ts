import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { listen } from '../postgres/connect-listen.ts';
import type { Log } from '../postgres/log.ts';
import { twice } from '../postgres/twice.ts';
import { readModelStatus, type ReadModelStatus } from './status.ts';

export type ProjectionPositions = {
  /** True once all of the read models are at the position or past it; false when that took longer. */
  readonly waitFor: (projections: readonly string[], position: number, timeoutMs: number) => Promise<boolean>;
  readonly status: (head: number) => Promise<readonly ReadModelStatus[]>;
  readonly close: () => Promise<void>;
};

type Options = { readonly pool: Pool; /** The owner's, for listening. */ readonly url: string; readonly log: Log };
type Waiting = { readonly projections: readonly string[]; readonly position: number; readonly reached: () => void };

const POLL_MS = 250;
const POSITIONS = {
  name: 'projection positions',
  text: 'select projection, position::float8 as position from public.projection_checkpoints where not building',
};

/** Watches how far the read models have come, for processes that answer from them: by notices, and a look now and then while someone waits. */
export const projectionPositions = async ({ pool, url, log }: Options): Promise<ProjectionPositions> => {
  let positions: ReadonlyMap<string, number> = new Map();
  const waiting = new Set<Waiting>();
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  const isReached = (projections: readonly string[], position: number): boolean =>
    projections.every((projection) => (positions.get(projection) ?? -1) >= position);

  const read = async (): Promise<void> => {
    const { rows } = await twice(() => pool.query<{ projection: string; position: number }>(POSITIONS));
    positions = new Map(rows.map(({ projection, position }) => [projection, position]));
    for (const one of waiting) if (isReached(one.projections, one.position)) one.reached();
  };

  /** One look at a time; whoever asks meanwhile gets another after it. */
  const look = (): Promise<void> => {
    if (looking !== null) {
      lookAgain = true;
      return looking;
    }
    const run = async (): Promise<void> => {
      do {
        lookAgain = false;
        await read();
      } while (lookAgain);
    };
    looking = run()
      .catch((error: unknown) => log.warn({ err: error }, 'Cannot see how far the read models have come; trying again'))
      .finally(() => (looking = null));
    return looking;
  };

  const waitFor: ProjectionPositions['waitFor'] = async (projections, position, timeoutMs) => {
    if (isReached(projections, position)) return true;
    const done = new AbortController();
    const reached = Promise.withResolvers<true>();
    const one: Waiting = { projections, position, reached: () => reached.resolve(true) };
    waiting.add(one);
    const poll = setInterval(() => void look(), POLL_MS);
    const timeout = delay(timeoutMs, false as const, { signal: done.signal }).catch(() => false as const);
    try {
      void look();
      return await Promise.race([reached.promise, timeout]);
    } finally {
      clearInterval(poll);
      waiting.delete(one);
      done.abort();
    }
  };

  const onNotice = (): void => {
    if (waiting.size > 0) void look();
  };
  const stopListening = await listen(url, ['projected'], onNotice, { log });
  return {
    waitFor,
    status: (head) => twice(() => readModelStatus(pool, head)),
    close: async () => {
      await stopListening();
      await looking;
    },
  };
};
