import type { Position, ReadPosition, RecordedEvent } from '@eventstore/db-client';
import { type Checkpoint, type LogEvent, type Metadata, START } from '../../../commands/ports.ts';
import { StaleCheckpoint } from '../stale-checkpoint.ts';

/** The names of our streams, `<Aggregate>-<id>`; those of the server itself begin with a dollar sign. */
export const OUR_STREAMS = '^[A-Z][A-Za-z]*-';
const ourStreams = new RegExp(OUR_STREAMS);

const hasOurMetadata = ({ metadata }: { readonly metadata?: unknown }): boolean =>
  typeof metadata === 'object' && metadata !== null && 'commandId' in metadata;

/** A server that others write to as well may hold streams with names like ours. */
export const isOurs = (event: RecordedEvent | undefined): event is RecordedEvent =>
  event !== undefined && event.isJson && ourStreams.test(event.streamId) && hasOurMetadata(event);

/** Throws where the server is too old to tell positions (before 22.6). */
export const positionOf = ({ position, streamId, revision }: RecordedEvent): Position => {
  if (position === undefined)
    throw new Error(`EventStoreDB does not tell the position of ${streamId}@${revision}; Brigade needs version 22.6 or newer.`);
  return position;
};

export const toLogEvent = (event: RecordedEvent): LogEvent => ({
  type: event.type,
  data: event.data,
  eventId: event.id,
  position: Number(positionOf(event).commit),
  stream: event.streamId,
  revision: Number(event.revision) + 1,
  metadata: event.metadata as Metadata,
  recordedAt: event.created.toISOString(),
});

export const checkpointAt = ({ commit, prepare }: Position): Checkpoint => `C:${commit}/P:${prepare}`;

export const parseCheckpoint = (checkpoint: Checkpoint): ReadPosition => {
  if (checkpoint === START) return 'start';
  const [, commit, prepare] = /^C:(\d+)\/P:(\d+)$/.exec(checkpoint) ?? [];
  if (commit === undefined || prepare === undefined) throw new StaleCheckpoint(checkpoint);
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
};

export const isSame = (position: Position, other: ReadPosition): boolean =>
  typeof other === 'object' && position.commit === other.commit && position.prepare === other.prepare;
