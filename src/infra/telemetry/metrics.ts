import { collectDefaultMetrics, Registry } from 'prom-client';
import type { LiveMetrics } from '../../http/live/ports.ts';
import type { HttpMetrics, RateMetrics } from '../../http/ports.ts';
import type { ChannelMetrics } from '../event-store/eventstoredb/channels.ts';
import type { OnAppended } from '../event-store/options.ts';
import type { IdentityMetrics } from '../identity/identity.ts';
import type { PolicyMetrics } from '../policies/runner.ts';
import type { ChainMetrics } from '../proof/keep-chaining.ts';
import type { SealingMetrics } from '../privacy/sealed-event-store.ts';
import type { ProjectorMetrics } from '../projections/projector.ts';
import { seriesIn, type Series } from './series.ts';

/** A pool's connections: at work, and waiting for work. */
export type DatabaseConnections = { readonly active: number; readonly idle: number };
export type Metrics = {
  readonly http: HttpMetrics & RateMetrics;
  readonly identity: IdentityMetrics;
  readonly live: LiveMetrics;
  readonly policies: PolicyMetrics;
  readonly projector: ProjectorMetrics;
  readonly sealing: SealingMetrics;
  readonly subjectErased: (kind: string) => void;
  readonly eventsAppended: OnAppended;
  readonly channels: ChannelMetrics;
  readonly chain: ChainMetrics;
  readonly commandEnded: (type: string, outcome: string) => void;
  readonly jobEnded: (queue: string, outcome: string) => void;
  readonly outboxPending: (jobs: number) => void;
  /** How far a read model is behind the log, and how many streams it has put aside. */
  readonly projectionLag: (projection: string, events: number) => void;
  readonly parkedStreams: (projection: string, streams: number) => void;
  /** `seconds` is asked whenever the metrics are read: for how long something of the log is not in the read models. */
  readonly watchLag: (seconds: () => number) => void;
  /** `connections` is asked whenever the metrics are read. */
  readonly watchDatabase: (connections: () => DatabaseConnections) => void;
  readonly contentType: string;
  /** In Prometheus' text format. */
  readonly text: () => Promise<string>;
};

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];
const BATCH_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** The WebSocket close code of a screen that does not read what it is sent. */
const TOO_SLOW = 4408;

export const openMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const series = seriesIn(registry);
  const commands = series.countBy('commands_total', 'Commands by outcome', ['type', 'outcome']);
  const jobs = series.countBy('jobs_total', 'Jobs by outcome', ['queue', 'outcome']);
  const pending = series.level('outbox_pending', 'Jobs in the outbox that no queue has yet');
  const lag = series.levelBy('projection_lag_events', 'Events in the log that a projection has not folded yet', ['projection']);
  const parked = series.levelBy('projection_parked_streams', 'Streams a projection has put aside after an event it could not fold', [
    'projection',
  ]);
  const behind = series.level('projection_lag_seconds', 'For how long the read models have lacked something that is in the log');
  const active = series.level('database_connections_active', 'Database connections at work');
  const idle = series.level('database_connections_idle', 'Database connections waiting for work');
  let lagSeconds = (): number => 0;
  const erasures = series.countBy('privacy_erasures_total', 'People whose data were erased', ['kind']);
  let connections = (): DatabaseConnections => ({ active: 0, idle: 0 });
  return {
    http: httpMetrics(series),
    identity: identityMetrics(series),
    live: liveMetrics(series),
    policies: policyMetrics(series),
    projector: projectorMetrics(series, lag),
    sealing: sealingMetrics(series),
    subjectErased: (kind) => erasures(kind).inc(),
    eventsAppended: appendMetrics(series),
    channels: channelMetrics(series),
    chain: chainMetrics(series),
    commandEnded: (type, outcome) => commands(type, outcome).inc(),
    jobEnded: (queue, outcome) => jobs(queue, outcome).inc(),
    outboxPending: (waiting) => pending.set(waiting),
    projectionLag: (projection, events) => lag(projection).set(events),
    parkedStreams: (projection, streams) => parked(projection).set(streams),
    watchLag: (ask) => {
      lagSeconds = ask;
    },
    watchDatabase: (ask) => {
      connections = ask;
    },
    contentType: registry.contentType,
    text: async () => {
      behind.set(lagSeconds());
      const now = connections();
      active.set(now.active);
      idle.set(now.idle);
      return registry.metrics();
    },
  };
};

const httpMetrics = ({ countBy, spreadBy }: Series): HttpMetrics & RateMetrics => {
  const requests = countBy('http_requests_total', 'HTTP requests answered', ['method', 'route', 'status']);
  const duration = spreadBy('http_request_duration_seconds', 'Time to answer an HTTP request', REQUEST_SECONDS, ['method', 'route']);
  const exceeded = countBy('rate_limit_exceeded_total', 'Requests refused by a line of rate_limits.table', ['rule']);
  return {
    rateLimitExceeded: (rule) => exceeded(rule).inc(),
    requestEnded: (method, route, status, seconds) => {
      requests(method, route, String(status)).inc();
      duration(method, route).observe(seconds);
    },
  };
};

const identityMetrics = ({ count, countBy }: Series): IdentityMetrics => {
  const attempts = countBy('auth_attempts_total', 'Logins by outcome', ['outcome']);
  const tokens = count('jwt_tokens_issued_total', 'Access tokens issued');
  return { loginAttempted: (outcome) => attempts(outcome).inc(), tokenIssued: () => tokens.inc() };
};

const liveMetrics = ({ count, countBy, level }: Series): LiveMetrics => {
  const connections = level('live_connections', 'Screens connected to the live stream');
  const frames = countBy('live_frames_sent_total', 'Frames sent to screens', ['topic']);
  const closed = countBy('live_connections_closed_total', 'Live connections ended, by WebSocket close code', ['code']);
  const cut = count('live_clients_cut_total', 'Screens cut off because they did not read');
  return {
    connections: (open) => connections.set(open),
    closed: (code) => {
      closed(String(code)).inc();
      if (code === TOO_SLOW) cut.inc();
    },
    framesSent: (topic, sent) => frames(topic).inc(sent),
  };
};

const policyMetrics = ({ countBy, levelBy }: Series): PolicyMetrics => {
  const behind = levelBy('policy_lag_events', 'Log positions a policy is behind the head', ['policy']);
  const effects = countBy('policy_effects_total', 'What policies caused', ['kind']);
  return {
    progressed: (policy, position, head) => behind(policy).set(Math.max(0, head - position)),
    effects: (kind, caused) => effects(kind).inc(caused),
  };
};

const projectorMetrics = ({ count, countBy, spread }: Series, lag: ReturnType<Series['levelBy']>): ProjectorMetrics => {
  const folded = count('projection_events_folded_total', 'Events folded into read models');
  const duration = spread('projection_batch_duration_seconds', 'Time to fold and write one batch of events', BATCH_SECONDS);
  const parked = countBy('projection_streams_parked_total', 'Times a projection put a stream aside', ['projection']);
  const gaps = count('projection_gaps_total', 'Events that came out of their order and were read again');
  return {
    folded: (events, seconds) => {
      folded.inc(events);
      duration.observe(seconds);
    },
    lag: (projection, events) => lag(projection).set(events),
    parked: (projection) => parked(projection).inc(),
    gap: () => gaps.inc(),
  };
};

const channelMetrics = ({ countBy, levelBy }: Series): ChannelMetrics => {
  const inService = levelBy('eventstore_channel_in_service', 'Whether a connection to EventStoreDB is used (1) or failed (0)', ['channel']);
  const underWay = levelBy('eventstore_channel_calls_under_way', 'Calls under way on a connection to EventStoreDB', ['channel']);
  const ended = countBy('eventstore_channel_calls_total', 'Calls to EventStoreDB by connection and outcome', ['channel', 'outcome']);
  return {
    inService: (channel, serves) => inService(String(channel)).set(serves ? 1 : 0),
    underWay: (channel, calls) => underWay(String(channel)).set(calls),
    ended: (channel, outcome) => ended(String(channel), outcome).inc(),
  };
};

const chainMetrics = ({ count, level }: Series): ChainMetrics => {
  const events = count('log_chain_events_total', 'Events chained of a log kept in EventStoreDB');
  const lag = level('log_chain_lag', 'Positions by which the chain is behind the head of a log kept in EventStoreDB');
  return {
    chained: (chained, behind) => {
      events.inc(chained);
      lag.set(behind);
    },
  };
};

const sealingMetrics = ({ count }: Series): SealingMetrics => {
  const sealed = count('privacy_texts_sealed_total', 'Personal texts sealed as they were written to the log');
  const unreadable = count('privacy_texts_unreadable_total', 'Sealed texts that their key did not open: changed, or moved');
  return { sealed: (texts) => sealed.inc(texts), unreadable: () => unreadable.inc() };
};

const appendMetrics = ({ count, spread }: Series): OnAppended => {
  const events = count('events_appended_total', 'Events written to the log');
  const sizes = spread('event_append_batch_size', 'Appends written in one round trip', BATCH_SIZES);
  const duration = spread('event_append_duration_seconds', 'Time to write one batch of appends', BATCH_SECONDS);
  return (written, appends, seconds) => {
    events.inc(written);
    sizes.observe(appends);
    duration.observe(seconds);
  };
};
