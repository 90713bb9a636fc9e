import type { Client } from 'pg';
import type { LogEvent } from '../../commands/ports.ts';
import type { News } from '../../http/live/ports.ts';
import { foldPage, gather, gathering, NOTHING, type FoldedPage, type Parking } from './fold-page.ts';
import { newEvents, type Gap, type Group, type Mark } from './group.ts';
import { fetchInto, RowRefused, writePage } from './write-page.ts';

export type Told = {
  readonly onGap: (gap: Gap) => void;
  readonly onParked: (parking: Parking) => void;
  /** Null: rows that screens show were replaced. */
  readonly onCommitted: (news: News | null) => void;
};

/** Events that a group has not taken in, and where they bring it; folded already, where that needed nothing from the database. */
export type Ready = { readonly events: readonly LogEvent[]; readonly to: Mark; readonly folded: FoldedPage | null };

/** Gets events ready for being taken in, which brings the group as far as they tell. Call it once for an event. */
export const ready = (group: Group, events: readonly LogEvent[], { position, checkpoint }: Mark, told: Told): Ready => {
  const fresh = newEvents(group, group.position, events, told.onGap);
  const to = { position: Math.max(position, group.position), checkpoint };
  const folded = gathering();
  return { events: fresh, to, folded: gather(folded, NOTHING, group.targets, fresh) === null ? folded : null };
};

/**
 * Brings the group past the events: rows, changes, parked streams and checkpoint in one transaction. Where the database refuses
 * a row, the events are halved until the one at fault is alone; its stream is parked for that read model, and the rest goes on.
 */
export const takeIn = async (client: Client, group: Group, { events, to: end, folded: ahead }: Ready, told: Told): Promise<void> => {
  const fetch = fetchInto(client);

  const writeFolded = async (page: FoldedPage, to: Mark): Promise<void> => {
    const after = group.position;
    const changes = await writePage(client, group, page, to);
    page.parkings.forEach(told.onParked);
    if (!group.building) told.onCommitted({ after, position: to.position, changes });
  };

  const write = async (some: readonly LogEvent[], to: Mark, refused: readonly Parking[] = []): Promise<void> => {
    const folded = await foldPage(group.targets, some, fetch);
    await writeFolded({ ...folded, parkings: [...refused, ...folded.parkings] }, to);
  };

  const settle = async (some: readonly LogEvent[], to: Mark, folded: FoldedPage | null = null): Promise<void> => {
    try {
      await (folded === null ? write(some, to) : writeFolded(folded, to));
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      const [event, ...others] = some;
      if (event === undefined) throw error;
      if (others.length === 0) await park(event, to, error, []);
      else await halve(some, to);
    }
  };

  const halve = async (some: readonly LogEvent[], to: Mark): Promise<void> => {
    const middle = some.length >>> 1;
    const first = some.slice(0, middle);
    await settle(first, { position: first.at(-1)?.position ?? group.position, checkpoint: group.checkpoint });
    await settle(some.slice(middle), to);
  };

  /** One event may be refused by several tables, one after the other. */
  const park = async (event: LogEvent, to: Mark, { target, cause }: RowRefused, before: readonly Parking[]): Promise<void> => {
    const parkings: readonly Parking[] = [...before, { target, event, reason: 'row-refused', error: cause }];
    target.parked.add(event.stream);
    try {
      await write([event], to, parkings);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      await park(event, to, error, parkings);
    }
  };

  if (events.length > 0 || end.position > group.position) await settle(events, end, ahead);
};
