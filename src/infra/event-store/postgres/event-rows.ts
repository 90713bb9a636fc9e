import type { LogEvent, Metadata } from '../../../commands/ports.ts';

/** What is read of an event in bulk, in this order. Its stream's name comes with the first event alone: looked up for each it costs as much as the rest. */
export const EVENT_ROW = `e.position, e.stream_id, case when e.revision = 1 then (select s.name from public.streams s where s.id = e.stream_id) end,
  e.revision, e.event_id, e.recorded_at, e.type, e.data, e.metadata`;

/** An event, and the stream it is of; `named` once `event.stream` is that one's name. */
export type EventRow = {
  readonly event: Omit<LogEvent, 'stream'> & { stream: string };
  readonly streamId: number;
  readonly named: boolean;
};

const NULL = -1;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;

const int8 = (view: DataView, at: number): number => view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4);
const text = (bytes: Buffer, from: number, to: number): string => bytes.toString('utf8', from, to);
const json = (bytes: Buffer, from: number, to: number): unknown => JSON.parse(text(bytes, from, to));
const isoTime = (microseconds: number): string => new Date(POSTGRES_EPOCH_MS + Math.floor(microseconds / 1_000)).toISOString();
const uuid = (bytes: Buffer, from: number): string => {
  const hex = bytes.toString('hex', from, from + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** The events of one command share their metadata, and lie side by side. */
const metadataReader = (bytes: Buffer): ((from: number, to: number) => Metadata) => {
  let before = { from: 0, to: 0 };
  let parsed: Metadata | null = null;
  return (from, to) => {
    if (parsed === null || bytes.compare(bytes, from, to, before.from, before.to) !== 0) parsed = json(bytes, from, to) as Metadata;
    before = { from, to };
    return parsed;
  };
};

/** Events written together have the same time. */
const timeReader = (): ((microseconds: number) => string) => {
  let before = { at: Number.NaN, iso: '' };
  return (at) => {
    if (at !== before.at) before = { at, iso: isoTime(at) };
    return before.iso;
  };
};

/** Reads rows of COPY's binary format one after the other, a field behind its length each. `names` are those of streams, by their ids. */
export const eventRows = (bytes: Buffer, names: Map<number, string>): (() => EventRow) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metadataOf = metadataReader(bytes);
  const timeOf = timeReader();
  let to = bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE) ? HEADER_BYTES : 0;
  const field = (): number => {
    const length = view.getInt32(to);
    const from = to + 4;
    to = from + Math.max(0, length);
    return length === NULL ? NULL : from;
  };
  return () => {
    to += 2;
    const position = int8(view, field());
    const streamId = int8(view, field());
    const name = field();
    if (name !== NULL) names.set(streamId, text(bytes, name, to));
    const stream = names.get(streamId);
    const revision = view.getInt32(field());
    const eventId = uuid(bytes, field());
    const recordedAt = timeOf(int8(view, field()));
    const type = text(bytes, field(), to);
    const data = json(bytes, field(), to);
    const metadata = metadataOf(field(), to);
    const event = { type, data, eventId, position, stream: stream ?? '', revision, metadata, recordedAt };
    return { event, streamId, named: stream !== undefined };
  };
};
