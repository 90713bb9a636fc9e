import type { Pool } from 'pg';
import {
  type Checkpoint,
  type LogEvent,
  type LogPage,
  type Metadata,
  type Outcome,
  type Revision,
  START,
  type StoredReceipt,
} from '../../../commands/ports.ts';
import { twice } from '../../postgres/twice.ts';
import { StaleCheckpoint } from '../stale-checkpoint.ts';
import { asFailure } from './failures.ts';
import { withClient, within } from './within.ts';

type EventRow = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly event_id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: string;
  readonly recorded_at: string;
};
type PageRow = { readonly head: number; readonly epoch: string } & (EventRow | { readonly [Column in keyof EventRow]: null });
type ReceiptRow = {
  readonly fingerprint: string;
  readonly outcome: Outcome;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
};

const PATIENCE_MS = 5_000;
const INT8 = 20,
  INT4 = 23,
  JSON_TYPE = 114,
  TIMESTAMPTZ = 1184;

let lastTime = { text: '', iso: '' };
/** Events written together have the same time. */
const isoTime = (text: string): string => {
  if (text !== lastTime.text) lastTime = { text, iso: new Date(text).toISOString() };
  return lastTime.iso;
};
const asIs = (text: string): string => text;
const parsers: { readonly [oid: number]: (text: string) => unknown } = {
  [INT8]: Number,
  [INT4]: Number,
  [JSON_TYPE]: JSON.parse,
  [TIMESTAMPTZ]: isoTime,
};
const types = { getTypeParser: (oid: number) => parsers[oid] ?? asIs };

const EVENT = 'e.position, e.revision, e.event_id, e.type, e.data, e.metadata::text as metadata, e.recorded_at';
const OF_STREAM = `select s.name as stream, ${EVENT} from public.streams s join public.events e on e.stream_id = s.id where s.name = $1`;
const STREAM = `${OF_STREAM} and e.revision > $2 order by e.revision`;
const ONE = `${OF_STREAM} and e.revision = $2`;
// Positions have no gaps, so a range is a limit; a name looked up row by row keeps the plan the same whatever the statistics say.
const PAGE = `select h.position as head, h.epoch, page.* from public.log_head h left join lateral (
    select (select s.name from public.streams s where s.id = e.stream_id) as stream, ${EVENT}
    from public.events e where e.position > $1 and e.position <= $1::bigint + $2::bigint
  ) page on true order by page.position`;
const HEAD = 'select position as head from public.log_head';
const RECEIPT = 'select fingerprint, outcome, stream, revision, position from public.receipts where scope = $1 and key = $2';

/** The events of one command share their metadata, and lie side by side. */
const metadataReader = () => {
  let last = '';
  let parsed: Metadata | null = null;
  return (text: string): Metadata => {
    if (parsed === null || text !== last) parsed = JSON.parse(text) as Metadata;
    last = text;
    return parsed;
  };
};

const toEvents = (rows: readonly EventRow[]): readonly LogEvent[] => {
  const metadataOf = metadataReader();
  return rows.map(({ position, stream, revision, event_id: eventId, type, data, metadata, recorded_at: recordedAt }) => ({
    type,
    data,
    eventId,
    position,
    stream,
    revision,
    metadata: metadataOf(metadata),
    recordedAt,
  }));
};

/** `<epoch>/<position>`: a position says nothing in another log. */
export const parseCheckpoint = (checkpoint: Checkpoint): { readonly epoch: string | null; readonly position: number } => {
  if (checkpoint === START) return { epoch: null, position: 0 };
  const [, epoch, position] = /^([0-9a-f-]{36})\/(\d+)$/.exec(checkpoint) ?? [];
  if (epoch === undefined || position === undefined) throw new StaleCheckpoint(checkpoint);
  return { epoch, position: Number(position) };
};

const isEvent = (row: PageRow): row is PageRow & EventRow => row.position !== null;

export type Reads = {
  readonly stream: (stream: string, after: Revision) => Promise<readonly LogEvent[]>;
  readonly event: (stream: string, revision: Revision) => Promise<LogEvent | null>;
  readonly page: (after: Checkpoint, limit: number) => Promise<LogPage>;
  readonly head: () => Promise<number>;
  readonly receipt: (scope: string, key: string) => Promise<StoredReceipt | null>;
};

export const reads = (pool: Pool): Reads => {
  const ask = async <Row extends object>(name: string, text: string, values: readonly (string | number)[]): Promise<readonly Row[]> => {
    const query = { name, text, values: [...values], types };
    try {
      const { rows } = await twice(() => withClient(pool, (client) => within(PATIENCE_MS, name, client.query<Row>(query))));
      return rows;
    } catch (error) {
      throw asFailure(error);
    }
  };

  const page = async (after: Checkpoint, limit: number): Promise<LogPage> => {
    const from = parseCheckpoint(after);
    const rows = await ask<PageRow>('log-page', PAGE, [from.position, limit]);
    const [first] = rows;
    if (first === undefined) throw new Error('The table log_head is empty; restore the database from a backup.');
    const { head, epoch } = first;
    if ((from.epoch !== null && from.epoch !== epoch) || from.position > head) throw new StaleCheckpoint(after);
    const events = toEvents(rows.filter(isEvent));
    return { events, checkpoint: `${epoch}/${events.at(-1)?.position ?? from.position}`, head };
  };

  return {
    page,
    stream: async (stream, after) => toEvents(await ask<EventRow>('stream', STREAM, [stream, after])),
    event: async (stream, revision) => toEvents(await ask<EventRow>('one-event', ONE, [stream, revision]))[0] ?? null,
    head: async () => {
      const [row] = await ask<{ head: number }>('log-head', HEAD, []);
      return row?.head ?? 0;
    },
    receipt: async (scope, key) => {
      const [row] = await ask<ReceiptRow>('receipt', RECEIPT, [scope, key]);
      return row === undefined ? null : { scope, key, ...row };
    },
  };
};
