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

const int8 = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
const text = (bytes: Buffer, from: number, to: number): string => bytes.toString('utf8', from, to);
const json = (bytes: Buffer, from: number, to: number): unknown => JSON.parse(text(bytes, from, to));
const isoTime = (bytes: Buffer, from: number): string => new Date(POSTGRES_EPOCH_MS + Math.floor(int8(bytes, from) / 1_000)).toISOString();
const uuid = (bytes: Buffer, from: number): string => {
  const hex = bytes.toString('hex', from, from + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

type Read<T> = (bytes: Buffer, from: number, to: number) => T;

/** What lies side by side is often the same: the metadata of one command's events, the time of those written together. */
const asBefore = <T>(read: Read<T>): Read<T> => {
  let before: { readonly bytes: Buffer; readonly from: number; readonly to: number; readonly value: T } | null = null;
  return (bytes, from, to) => {
    if (before === null || before.bytes.compare(bytes, from, to, before.from, before.to) !== 0)
      before = { bytes, from, to, value: read(bytes, from, to) };
    return before.value;
  };
};

/** Reads rows of COPY's binary format one after the other, a field behind its length each. `names` are those of streams, by their ids. */
export const eventRows = (bytes: Buffer, names: Map<number, string>): (() => EventRow) => {
  const metadataOf = asBefore(json);
  const timeOf = asBefore(isoTime);
  let to = bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE) ? HEADER_BYTES : 0;
  const field = (): number => {
    const length = bytes.readInt32BE(to);
    const from = to + 4;
    to = from + Math.max(0, length);
    return length === NULL ? NULL : from;
  };
  return () => {
    to += 2;
    const position = int8(bytes, field());
    const streamId = int8(bytes, field());
    const name = field();
    if (name !== NULL) names.set(streamId, text(bytes, name, to));
    const stream = names.get(streamId);
    const revision = bytes.readInt32BE(field());
    const eventId = uuid(bytes, field());
    const recordedAt = timeOf(bytes, field(), to);
    const type = text(bytes, field(), to);
    const data = json(bytes, field(), to);
    const metadata = metadataOf(bytes, field(), to) as Metadata;
    const event = { type, data, eventId, position, stream: stream ?? '', revision, metadata, recordedAt };
    return { event, streamId, named: stream !== undefined };
  };
};
