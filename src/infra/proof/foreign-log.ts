import { START, type Checkpoint, type EventStore, type LogEvent } from '../../commands/ports.ts';
import { GENESIS } from '../../proof/chain.ts';
import type { Asks, ChainedEvent, ChainedLog } from './chained-log.ts';

const PAGE = 1000;

type Link = { readonly position: number; readonly logPosition: number; readonly chain: Buffer };
type Before = { readonly passed: number; readonly checkpoint: Checkpoint };

const LINKS = `select position::float8 as position, log_position::float8 as "logPosition", chain
  from public.foreign_chain where position > $1 and position <= $2 order by position`;
const BEFORE = `select coalesce(max(log_position), 0)::float8 as passed, coalesce((select f.checkpoint from public.foreign_chain f
    where f.position <= $1 and f.checkpoint is not null order by f.position desc limit 1), '') as checkpoint
  from public.foreign_chain where position <= $1`;

/** As PostgreSQL writes the lines of its own log, with the event's place in the log it is kept in. */
export const foreignLine = (
  { type, data, eventId, stream, revision, metadata, recordedAt, position: logPosition }: LogEvent,
  position: number,
): string => JSON.stringify({ type, data, eventId, position, stream, revision, metadata, recordedAt, logPosition });

const chainedAs = (event: LogEvent, position: number, chain: Buffer): ChainedEvent => ({
  position,
  line: foreignLine(event, position),
  chain,
  locationId: event.metadata.locationId,
});

/** An event the chain does not have stands in it as one more with the number of the one before. */
const matched = (events: readonly LogEvent[], links: readonly Link[]): readonly ChainedEvent[] => {
  let at = 0;
  return events.flatMap((event) => {
    while ((links[at]?.logPosition ?? Infinity) < event.position) at++;
    const link = links[at];
    if (link === undefined) return [];
    return [
      link.logPosition === event.position ? chainedAs(event, link.position, link.chain) : chainedAs(event, link.position - 1, GENESIS),
    ];
  });
};

/** A log kept elsewhere, as it is there now, beside the chain as it was made here when its events were first seen. */
export const foreignLog = (db: Asks, store: Pick<EventStore, 'readLog'>): ChainedLog => {
  const eventsBetween = async ({ passed, checkpoint }: Before, last: number): Promise<readonly LogEvent[]> => {
    const found: LogEvent[] = [];
    for (let from = checkpoint; ;) {
      const page = await store.readLog(from, PAGE);
      found.push(...page.events.filter(({ position }) => position > passed && position <= last));
      const reached = page.events.at(-1)?.position;
      if (reached === undefined || reached >= last) return found;
      from = page.checkpoint;
    }
  };

  return {
    heads: 'foreign_heads',
    events: async (after, through) => {
      const { rows: links } = await db.query<Link>({ name: 'foreign-links', text: LINKS, values: [after, through] });
      const last = links.at(-1);
      if (last === undefined) return [];
      const { rows: before } = await db.query<Before>({ name: 'foreign-before', text: BEFORE, values: [after] });
      return matched(await eventsBetween(before[0] ?? { passed: 0, checkpoint: START }, last.logPosition), links);
    },
    position: async () => {
      const { rows } = await db.query<{ position: string | null }>('select max(position) as position from public.foreign_chain');
      return Number(rows[0]?.position ?? 0);
    },
    positionOf: async (logPosition) => {
      const { rows } = await db.query<{ position: string }>('select position from public.foreign_chain where log_position = $1', [
        logPosition,
      ]);
      return rows[0] === undefined ? null : Number(rows[0].position);
    },
  };
};
