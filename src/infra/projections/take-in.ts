import type { Client } from 'pg';
import type { LogEvent } from '../../commands/ports.ts';
import { foldPage, type Parking } from './fold-page.ts';
import { newEvents, type Gap, type Group, type Mark } from './group.ts';
import { fetchInto, RowRefused, writePage } from './write-page.ts';

export type Told = { readonly onGap: (gap: Gap) => void; readonly onParked: (parking: Parking) => void };

/**
 * Brings a group past the events: rows, changes, parked streams and checkpoint in one transaction. Where the database refuses
 * a row, the events are halved until the one at fault is alone; its stream is parked for that read model, and the rest goes on.
 */
export const takeIn = async (client: Client, group: Group, events: readonly LogEvent[], mark: Mark, told: Told): Promise<number> => {
  const fetch = fetchInto(client);

  const write = async (some: readonly LogEvent[], to: Mark, refused: readonly Parking[] = []): Promise<void> => {
    const folded = await foldPage(group.targets, some, fetch);
    const page = { ...folded, parkings: [...refused, ...folded.parkings] };
    await writePage(client, group, page, to);
    page.parkings.forEach(told.onParked);
  };

  const settle = async (some: readonly LogEvent[], to: Mark): Promise<void> => {
    try {
      await write(some, to);
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

  const fresh = newEvents(group, events, told.onGap);
  if (fresh.length === 0) return 0;
  await settle(fresh, { position: fresh.at(-1)?.position ?? group.position, checkpoint: mark.checkpoint });
  return fresh.length;
};
