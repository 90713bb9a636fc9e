import type { Pool, PoolClient } from 'pg';
import type { Revision } from '../../../commands/ports.ts';
import { twice } from '../../postgres/twice.ts';
import { APPEND_BATCH, appendParameters, type AppendItem } from './append-call.ts';
import { linksAfter, type Head, type Links } from './links.ts';
import { within } from './within.ts';

/** Of one append: written, its receipt's key used before, or its stream elsewhere. `position` is the log's head after it. */
export type Verdict =
  | { readonly kind: 'written'; readonly position: number; readonly recordedAt: string }
  | { readonly kind: 'known' }
  | { readonly kind: 'conflict'; readonly actual: Revision };

export type AppendConnection = {
  /** Of the log it writes to. */
  readonly epoch: string;
  /** `careful`: look first, since some of it may be written already. */
  readonly send: (items: readonly AppendItem[], careful: boolean) => Promise<readonly Verdict[]>;
  /** True: it is known where the log will end, so that another batch may be sent after those under way. */
  readonly mayOverlap: () => boolean;
  readonly lost: () => boolean;
  readonly close: () => void;
};

type Row = {
  readonly first: string;
  readonly at: Date;
  readonly stream_ids: readonly string[];
  readonly verdicts: readonly number[] | null;
  readonly linked: boolean;
  readonly chain: Buffer | null;
};

const PATIENCE_MS = 10_000;
const MOST_STREAMS = 100_000;
const UNKNOWN = '0';
const WRITTEN = -1;
const KNOWN = -2;

/** Streams as this connection last saw them: what is at its known revision needs no look before the append. */
const seenStreams = () => {
  const seen = new Map<string, { readonly id: string; readonly revision: Revision }>();
  return {
    idOf: (stream: string): string => seen.get(stream)?.id ?? UNKNOWN,
    isAt: ({ stream, expected, events }: AppendItem): boolean => events.length === 0 || (seen.get(stream)?.revision ?? 0) === expected,
    see: (stream: string, id: string, revision: Revision): void => {
      seen.delete(stream);
      seen.set(stream, { id, revision });
      const [oldest] = seen.size > MOST_STREAMS ? seen.keys() : [];
      if (oldest !== undefined) seen.delete(oldest);
    },
  };
};

const verdictsOf = (items: readonly AppendItem[], { first, at, verdicts }: Row): readonly Verdict[] => {
  const recordedAt = at.toISOString();
  let position = Number(first);
  return items.map(({ events }, index): Verdict => {
    const verdict = verdicts?.[index] ?? WRITTEN;
    if (verdict === KNOWN) return { kind: 'known' };
    if (verdict !== WRITTEN) return { kind: 'conflict', actual: verdict };
    position += events.length;
    return { kind: 'written', position, recordedAt };
  });
};

/** Where the log ends after the batches sent so far, if they come out as expected; null: not known. */
const expectedHead = () => {
  let head: Head | null = null;
  let underWay = 0;
  return {
    isKnown: (): boolean => head !== null,
    /** What a batch is sent with; it is answered, or missed, later and in the order of sending. */
    sent: (items: readonly AppendItem[]): Links | null => {
      underWay++;
      const links = head && linksAfter(head, items, new Date().toISOString());
      head = links?.after ?? null;
      return links;
    },
    answered: (items: readonly AppendItem[], row: Row): void => {
      underWay--;
      const asExpected = row.linked || (row.verdicts === null && items.every(({ events }) => events.length === 0));
      if (!asExpected) head = null;
      if (head !== null || underWay > 0 || row.chain === null) return;
      const written = verdictsOf(items, row).reduce((last, verdict) => (verdict.kind === 'written' ? verdict.position : last), 0);
      head = { position: written, chain: row.chain, recordedAt: row.at.toISOString() };
    },
    missed: (): void => {
      underWay--;
      head = null;
    },
  };
};

const connection = (client: PoolClient, epoch: string): AppendConnection => {
  const streams = seenStreams();
  const head = expectedHead();
  let lost = false;
  client
    .on('error', () => {
      lost = true;
    })
    .on('end', () => {
      lost = true;
    });

  const answerTo = async (values: readonly (string | Buffer | null)[]): Promise<Row> => {
    const query = client.query<Row>({ name: 'append-batch', text: APPEND_BATCH, values: [...values] });
    const {
      rows: [row],
    } = await within(PATIENCE_MS, 'append', query);
    if (row === undefined) throw new Error('append_batch gave no row');
    return row;
  };

  const send = async (items: readonly AppendItem[], careful: boolean): Promise<readonly Verdict[]> => {
    const links = head.sent(items);
    const values = appendParameters(items, { epoch, careful: careful || !items.every(streams.isAt), idOf: streams.idOf, links });
    const row = await answerTo(values).catch((error: unknown) => {
      head.missed();
      throw error;
    });
    head.answered(items, row);
    const verdicts = verdictsOf(items, row);
    verdicts.forEach((verdict, index) => {
      const item = items[index];
      const id = row.stream_ids[index] ?? UNKNOWN;
      if (item === undefined || id === UNKNOWN) return;
      if (verdict.kind === 'conflict') streams.see(item.stream, id, verdict.actual);
      if (verdict.kind === 'written' && item.events.length > 0) streams.see(item.stream, id, item.expected + item.events.length);
    });
    return verdicts;
  };

  return { epoch, send, mayOverlap: head.isKnown, lost: () => lost, close: () => client.release(true) };
};

const open = async (pool: Pool): Promise<AppendConnection> => {
  const client = await pool.connect();
  // The query that was under way rejects too; without a listener the event would end the program.
  client.on('error', () => undefined);
  try {
    const {
      rows: [head],
    } = await within(PATIENCE_MS, 'log_head', client.query<{ epoch: string }>('select epoch from public.log_head'));
    if (head === undefined) throw new Error('The table log_head is empty; restore the database from a backup.');
    return connection(client, head.epoch);
  } catch (error) {
    client.release(true);
    throw error;
  }
};

/** Takes a connection out of the pool for appends alone: its prepared statement stays warm, and nobody's query stands before it. */
export const openAppendConnection = (pool: Pool): Promise<AppendConnection> => twice(() => open(pool));
