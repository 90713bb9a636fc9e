import { randomUUID } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { KeptLog, Proposed } from './kept-log.ts';
import {
  caughtUp,
  checkpointOf,
  confirmationOf,
  deletedError,
  eventOf,
  expectedOf,
  nameOf,
  notFoundOf,
  proposedOf,
  successOf,
  unavailableError,
  wrongExpectedVersionOf,
} from './messages.ts';
import { readRequestOf, type ReadRequest } from './read-requests.ts';

type ReadCall = Parameters<IStreamsServer['read']>[0];
type AppendCall = Parameters<IStreamsServer['append']>[0];
type AppendCallback = Parameters<IStreamsServer['append']>[1];

/** What goes wrong, for a test. */
export type Troubles = {
  unavailable: boolean;
  /** The next appends are written, but their answers are lost. */
  answersToLose: number;
  /** How long an append takes. */
  readonly appendMs: number;
  /** Events that subscriptions took off the server's hands. */
  sent: number;
};

export type Subscriptions = Set<ReadCall>;

const hasEnded = (call: ReadCall): boolean => call.cancelled || call.destroyed || call.writableEnded;

/** Until the emitter tells the event, or the call ends. */
const next = async (emitter: EventEmitter, event: string, call: ReadCall): Promise<void> => {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(emitter, event, { signal }), once(call, 'cancelled', { signal }), once(call, 'finish', { signal })]).catch(
    () => undefined,
  );
  done.abort();
};

const write = async (call: ReadCall, message: Parameters<ReadCall['write']>[0]): Promise<void> => {
  if (!hasEnded(call) && !call.write(message)) await next(call, 'drain', call);
};

const readOnce = async (call: ReadCall, { source, start, count, forwards, keeps }: ReadRequest): Promise<void> => {
  const events = source();
  let left = count;
  for (let index = start; left > 0 && index >= 0 && index < events.length && !hasEnded(call); index += forwards ? 1 : -1) {
    const event = events[index];
    if (event === undefined || !keeps(event)) continue;
    await write(call, eventOf(event));
    left--;
  }
  call.end();
};

const subscribe = async (call: ReadCall, { source, start, keeps }: ReadRequest, log: KeptLog, troubles: Troubles): Promise<void> => {
  await write(call, confirmationOf(randomUUID()));
  let told = false;
  for (let index = start; !hasEnded(call);) {
    const event = source()[index];
    if (event !== undefined) {
      await write(call, keeps(event) ? eventOf(event) : checkpointOf(event));
      if (keeps(event)) troubles.sent++;
      index++;
    } else {
      if (!told) await write(call, caughtUp());
      told = true;
      if (index >= source().length) await next(log.changes, 'appended', call);
    }
  }
};

const answerAppend = (log: KeptLog, troubles: Troubles, call: AppendCall, callback: AppendCallback): void => {
  let options: InstanceType<typeof streams.AppendReq.Options> | undefined;
  const proposed: Proposed[] = [];
  call.on('data', (request: InstanceType<typeof streams.AppendReq>) => {
    options = request.getOptions() ?? options;
    const message = request.getProposedMessage();
    if (message !== undefined) proposed.push(proposedOf(message));
  });
  call.on('end', () => {
    if (options === undefined) return callback({ code: status.INVALID_ARGUMENT, details: 'No options' });
    if (troubles.unavailable) return callback(unavailableError());
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options);
    const written = log.append(stream, expected, proposed);
    if (troubles.answersToLose > 0) {
      troubles.answersToLose--;
      return callback(unavailableError('The connection was lost'));
    }
    if (written.kind === 'deleted') return callback(deletedError(stream));
    if (written.kind === 'wrong-expected-version') return callback(null, wrongExpectedVersionOf(expected, written.current));
    const answer = (): void => callback(null, successOf(written.revision, written.last));
    if (troubles.appendMs === 0) answer();
    else setTimeout(answer, troubles.appendMs);
  });
};

/** The streams service over a kept log. Batched appends and deletion are not part of it. */
export const streamsService = (log: KeptLog, troubles: Troubles, subscriptions: Subscriptions): IStreamsServer => ({
  read: (call) => {
    const options = call.request.getOptions();
    if (troubles.unavailable || options === undefined) return void call.emit('error', unavailableError());
    const request = readRequestOf(options, log);
    if (request.stream !== null && log.isTombstone(request.stream)) return void call.emit('error', deletedError(request.stream));
    if (request.subscription) {
      subscriptions.add(call);
      call.on('cancelled', () => subscriptions.delete(call));
      return void subscribe(call, request, log, troubles);
    }
    if (request.stream !== null && request.source().length === 0) {
      call.write(notFoundOf(request.stream));
      return void call.end();
    }
    void readOnce(call, request);
  },
  append: (call, callback) => answerAppend(log, troubles, call, callback),
  batchAppend: (call) => void call.emit('error', { code: status.UNIMPLEMENTED }),
  delete: (_call, callback) => callback({ code: status.UNIMPLEMENTED }),
  tombstone: (_call, callback) => callback({ code: status.UNIMPLEMENTED }),
});
