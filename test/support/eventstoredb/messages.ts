import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import type { Expected, Proposed, Recorded } from './kept-log.ts';

type Identifier = InstanceType<typeof shared.StreamIdentifier>;
type AppendOptions = InstanceType<typeof streams.AppendReq.Options>;
type AppendResponse = InstanceType<typeof streams.AppendResp>;
type ReadResponse = InstanceType<typeof streams.ReadResp>;

export const nameOf = (identifier: Identifier | undefined): string => Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

const identifierOf = (name: string): Identifier => new shared.StreamIdentifier().setStreamName(Buffer.from(name).toString('base64'));

export const proposedOf = (message: InstanceType<typeof streams.AppendReq.ProposedMessage>): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export const expectedOf = (options: AppendOptions): Expected => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return Number(options.getRevision());
};

export const successOf = (revision: number, last: Recorded | null): AppendResponse => {
  const position = new streams.AppendResp.Position()
    .setCommitPosition(String(last?.commit ?? 0n))
    .setPreparePosition(String(last?.prepare ?? 0n));
  const success = new streams.AppendResp.Success().setCurrentRevision(String(revision)).setPosition(position);
  return new streams.AppendResp().setSuccess(success);
};

export const wrongExpectedVersionOf = (expected: Expected, current: number): AppendResponse => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (typeof expected === 'number') wrong.setExpectedRevision(String(expected));
  else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
  else wrong.setExpectedStreamExists(new shared.Empty());
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};

export const eventOf = (recorded: Recorded): ReadResponse => {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(recorded.id))
    .setStreamIdentifier(identifierOf(recorded.stream))
    .setStreamRevision(String(recorded.revision))
    .setCommitPosition(String(recorded.commit))
    .setPreparePosition(String(recorded.prepare))
    .setData(recorded.data)
    .setCustomMetadata(recorded.metadata);
  event.getMetadataMap().set('type', recorded.type).set('content-type', recorded.contentType).set('created', String(recorded.created));
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(recorded.commit)));
};

export const notFoundOf = (name: string): ReadResponse =>
  new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(name)));

export const confirmationOf = (id: string): ReadResponse =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));

export const caughtUp = (): ReadResponse => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export const checkpointOf = ({ commit, prepare }: Recorded): ReadResponse =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  );

/** How the server says that a stream was deleted for good. */
export const deletedError = (name: string): Partial<StatusObject> => {
  const metadata = new Metadata();
  metadata.set('exception', 'stream-deleted');
  metadata.set('stream-name', name);
  return { code: status.FAILED_PRECONDITION, details: `Event stream '${name}' is deleted.`, metadata };
};

export const unavailableError = (details = 'Server Is Not Ready'): Partial<ServiceError> => ({ code: status.UNAVAILABLE, details });
