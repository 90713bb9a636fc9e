import { START, type Checkpoint, type EventStore, type LogEvent } from '../../commands/ports.ts';
import { GENESIS, leafOf, link } from '../../proof/chain.ts';
import { asOnlyOne } from '../policies/only-one.ts';
import type { Log } from '../postgres/log.ts';
import type { Asks } from './chained-log.ts';
import { foreignLine, foreignLog } from './foreign-log.ts';
import { ChainBroken } from './sign-heads.ts';

export type ChainMetrics = {
  /** `behind` is how far the log's last event lies after the last one chained, in its log's positions. */
  readonly chained: (events: number, behind: number) => void;
};

export type Chaining = {
  readonly ownerUrl: string;
  readonly store: Pick<EventStore, 'follow' | 'readLog'>;
  readonly metrics: ChainMetrics;
  readonly log: Log;
  readonly pageSize?: number;
};

type End = { readonly position: number; readonly logPosition: number; readonly chain: Buffer; readonly checkpoint: Checkpoint };

const PAGE = 500;
const LAST = `select position::float8 as position, log_position::float8 as "logPosition", chain, checkpoint
  from public.foreign_chain order by position desc limit 1`;
const KEEP = `insert into public.foreign_chain (position, log_position, chain, checkpoint)
  select $1 + l.nth, l.log_position, decode(l.chain, 'hex'), case when l.nth = cardinality($2::bigint[]) then $4 end
    from unnest($2::bigint[], $3::text[]) with ordinality as l(log_position, chain, nth)`;

const endOfChain = async (db: Asks): Promise<End> => {
  const { rows } = await db.query<End>(LAST);
  return rows[0] ?? { position: 0, logPosition: 0, chain: GENESIS, checkpoint: START };
};

/** A chain must not go on after another log than it was made of. */
const requireSameLog = async (db: Asks, store: Pick<EventStore, 'readLog'>, { position, chain }: End): Promise<void> => {
  if (position === 0) return;
  const log = foreignLog(db, store);
  const [before] = position === 1 ? [] : await log.events(position - 2, position - 1);
  const [last] = await log.events(position - 1, position);
  if (last === undefined) throw new ChainBroken(position, 'it is missing');
  const follows = link(before?.chain ?? GENESIS, leafOf(last.line));
  if (!follows.equals(chain)) throw new ChainBroken(position, 'its hash is not that of the event');
};

const chainedOn = async (db: Asks, end: End, events: readonly LogEvent[], checkpoint: Checkpoint): Promise<End> => {
  const last = events.at(-1);
  if (last === undefined) return end;
  let { chain } = end;
  const chains = events.map((event, index) => {
    chain = link(chain, leafOf(foreignLine(event, end.position + index + 1)));
    return chain.toString('hex');
  });
  await db.query({
    name: 'keep-foreign-chain',
    text: KEEP,
    values: [end.position, events.map(({ position }) => position), chains, checkpoint],
  });
  return { position: end.position + events.length, logPosition: last.position, chain, checkpoint };
};

/** Chains the events of a log kept elsewhere as they come, in one process at a time, until the signal aborts. */
export const keepChaining = ({ ownerUrl, store, metrics, log, pageSize = PAGE }: Chaining, signal: AbortSignal): Promise<void> =>
  asOnlyOne(
    async (session, held) => {
      let end = await endOfChain(session);
      await requireSameLog(session, store, end);
      for await (const { events, checkpoint, head } of store.follow(end.checkpoint, { limit: pageSize, signal: held })) {
        const { logPosition } = end;
        const fresh = events.filter(({ position }) => position > logPosition);
        end = await chainedOn(session, end, fresh, checkpoint);
        metrics.chained(fresh.length, Math.max(0, head - end.logPosition));
      }
    },
    { ownerUrl, name: 'log chain', log },
    signal,
  );
