import type { Client } from 'pg';
import type { LogPage } from '../../commands/ports.ts';
import { gather, gathering, NOTHING, type FoldedPage, type Gathering } from './fold-page.ts';
import { endOf, newEvents, type Group, type Mark } from './group.ts';
import type { Told } from './take-in.ts';
import type { InTurn } from './turns.ts';
import { fetchInto, RowRefused, writePage } from './write-page.ts';

/**
 * How much is folded before it is written: each row once, however often it changed meanwhile. `positions`: how far the log is read
 * before that is written down, where most of its events are left out.
 */
export type GatherLimits = { readonly events: number; readonly rows: number; readonly positions: number };

export const gatherLimits: GatherLimits = { events: 15_000, rows: 15_000, positions: 300_000 };

type Needs = { readonly client: Client; readonly inTurn: InTurn; readonly told: Told; readonly limits: GatherLimits };

/** A group's pages folded together, while what was folded before them is written. */
export type Gatherer = {
  readonly take: (page: LogPage) => Promise<void>;
  readonly isFull: () => boolean;
  /** Begins to write what is gathered, once what went before is written. False: the database refused a row of that, and wrote nothing of it. */
  readonly write: () => Promise<boolean>;
  /** False as with `write`, of all that was to be written. */
  readonly written: () => Promise<boolean>;
  /** How far all that was taken brings the group. */
  readonly position: () => number;
};

export const gatherer = (group: Group, { client, inTurn, told, limits }: Needs): Gatherer => {
  const fetch = fetchInto(client);
  let before: FoldedPage = NOTHING;
  let now: Gathering = gathering();
  let events = 0;
  let to: Mark = group;
  let from = group.position;
  let writing: Promise<boolean> = Promise.resolve(true);

  const rows = (): number => [...now.tables.values()].reduce((sum, outcomes) => sum + outcomes.size, 0);

  const take = async (page: LogPage): Promise<void> => {
    const fresh = newEvents(group, to.position, page.events, told.onGap);
    for (let missing = gather(now, before, group.targets, fresh); missing !== null; missing = gather(now, before, group.targets, fresh)) {
      const wanted = missing;
      await inTurn(() => fetch(wanted));
    }
    events += fresh.length;
    to = { position: Math.max(to.position, endOf(page)), checkpoint: page.checkpoint };
  };

  const writeAll = async (page: FoldedPage, mark: Mark): Promise<boolean> => {
    try {
      await writePage(client, group, page, mark);
      page.parkings.forEach(told.onParked);
      return true;
    } catch (error) {
      if (error instanceof RowRefused) return false;
      throw error;
    }
  };

  const write = async (): Promise<boolean> => {
    if (!(await writing)) return false;
    const [page, mark] = [now, to];
    before = page;
    now = gathering();
    events = 0;
    from = mark.position;
    writing = inTurn(() => writeAll(page, mark));
    writing.catch(() => undefined);
    return true;
  };

  return {
    take,
    isFull: () => events >= limits.events || rows() >= limits.rows || to.position - from >= limits.positions,
    write,
    written: async () => (await write()) && writing,
    position: () => to.position,
  };
};
