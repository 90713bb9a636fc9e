import { randomUUID } from 'node:crypto';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import serverFeaturesMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { keptLog, type KeptLog } from './eventstoredb/kept-log.ts';
import { unavailableError } from './eventstoredb/messages.ts';
import { streamsService, type Subscriptions, type Troubles } from './eventstoredb/streams-service.ts';

export type EventStoreDbStub = {
  readonly url: string;
  /** Cuts all connections; the log is kept. */
  readonly stop: () => Promise<void>;
  /** On the same port, with the same log. */
  readonly start: () => Promise<void>;
  /** Ends the subscriptions there are: as the server does when a reader is too slow (an error) or without a word. */
  readonly dropSubscriptions: (how: 'error' | 'silently') => number;
  readonly beUnavailable: (unavailable: boolean) => void;
  readonly loseAnswers: (count: number) => void;
  /** Statistics, links and the like that other streams hold. */
  readonly writeElsewhere: (stream: string, count: number, metadata?: object) => void;
  readonly remove: (stream: string, forEver: boolean) => void;
  readonly log: Pick<KeptLog, 'all' | 'tamper' | 'saved' | 'restore'>;
  /** How many events subscriptions were sent so far; less than there are, while a reader holds the server back. */
  readonly sent: () => number;
};

/** What a measurement needs of a server: how long an append takes it, and how many calls a connection may have under way. */
type Pace = { readonly appendMs?: number; readonly callsAConnection?: number | null };

/** Speaks EventStoreDB's protocol over real gRPC, from a log in memory: what the event store's adapter needs of a server. */
export const eventStoreDbStub = async ({ appendMs = 0, callsAConnection = null }: Pace = {}): Promise<EventStoreDbStub> => {
  const log = keptLog();
  const troubles: Troubles = { unavailable: false, answersToLose: 0, sent: 0, appendMs };
  const subscriptions: Subscriptions = new Set();
  let server: Server | null = null;
  let port = 0;

  const listen = (candidate: Server): Promise<number> =>
    new Promise((resolve, reject) => {
      candidate.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });

  const start = async (): Promise<void> => {
    server = new Server(callsAConnection === null ? {} : { 'grpc.max_concurrent_streams': callsAConnection });
    server.addService(streams.StreamsService, streamsService(log, troubles, subscriptions));
    server.addService(serverFeatures.ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, callback: (error: null, methods: object) => void) =>
        callback(null, new serverFeaturesMessages.SupportedMethods().setEventStoreServerVersion('23.10.0')),
    });
    port = await listen(server);
  };

  await start();
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    start,
    stop: () => {
      server?.forceShutdown();
      subscriptions.clear();
      return Promise.resolve();
    },
    dropSubscriptions: (how) => {
      const dropped = [...subscriptions];
      subscriptions.clear();
      for (const call of dropped) {
        if (how === 'silently') call.end();
        else call.emit('error', { ...unavailableError('Consumer too slow'), code: status.ABORTED });
      }
      return dropped.length;
    },
    beUnavailable: (unavailable) => {
      troubles.unavailable = unavailable;
    },
    loseAnswers: (count) => {
      troubles.answersToLose = count;
    },
    writeElsewhere: (stream, count, metadata = {}) => {
      const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
      const events = Array.from({ length: count }, (_, nth) => ({
        id: randomUUID(),
        type: 'Measured',
        contentType: 'application/json',
        data: json({ nth }),
        metadata: json(metadata),
      }));
      log.append(stream, 'any', events);
    },
    remove: log.remove,
    log,
    sent: () => troubles.sent,
  };
};
