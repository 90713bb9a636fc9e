import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Sees how long what happened is not shown yet. */
export type Witness = {
  readonly appended: (position: number) => void;
  /** Counts from now: what happened before counts as if it had happened now. */
  readonly begin: () => void;
  /** Since the beginning, in seconds. */
  readonly longest: () => { readonly tables: number; readonly screens: number };
  readonly shownTo: (position: number) => void;
  /** Until all that was appended so far is shown. */
  readonly current: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 30_000;
const POSITION = 'select coalesce(min(position), 0)::int as position from public.projection_checkpoints where not building';

type View = { position: number; longest: number };

/** `pool` reaches the database whatever happens to others. */
export const openWitness = (pool: Pool): Witness => {
  let pending: { readonly position: number; readonly at: number }[] = [];
  let begun = performance.now();
  const tables: View = { position: 0, longest: 0 };
  const screens: View = { position: 0, longest: 0 };
  const stop = new AbortController();

  const judge = (view: View, now: number): void => {
    const oldest = pending.find(({ position }) => position > view.position);
    if (oldest !== undefined) view.longest = Math.max(view.longest, (now - Math.max(oldest.at, begun)) / 1000);
  };
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const { rows } = await pool.query<{ position: number }>(POSITION);
      tables.position = rows[0]?.position ?? 0;
      const now = performance.now();
      judge(tables, now);
      judge(screens, now);
      pending = pending.filter(({ position }) => position > Math.min(tables.position, screens.position));
      await pause(LOOK_EVERY_MS);
    }
  };
  const watching = watch();
  return {
    appended: (position) => void pending.push({ position, at: performance.now() }),
    begin: () => {
      begun = performance.now();
      tables.longest = 0;
      screens.longest = 0;
    },
    longest: () => ({ tables: tables.longest, screens: screens.longest }),
    shownTo: (position) => {
      screens.position = Math.max(screens.position, position);
    },
    current: async () => {
      const last = pending.at(-1)?.position ?? 0;
      const giveUp = performance.now() + PATIENCE_MS;
      while (Math.min(tables.position, screens.position) < last && performance.now() < giveUp) await pause(LOOK_EVERY_MS);
    },
    stop: async () => {
      stop.abort();
      await watching;
    },
  };
};
