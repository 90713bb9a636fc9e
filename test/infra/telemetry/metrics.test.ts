import { expect } from 'chai';
import { MetricsEndpointUnfit, serveMetrics } from '../../../src/infra/telemetry/metrics-server.ts';
import { openMetrics } from '../../../src/infra/telemetry/metrics.ts';

describe('Metrics', () => {
  const valueOf = (text: string, series: string): number | undefined => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  };

  it('counts and times requests by method, route and status', async () => {
    const { http, text } = openMetrics();
    http.requestEnded('GET', '/api/v1/orders/:orderId', 200, 0.004);
    http.requestEnded('GET', '/api/v1/orders/:orderId', 200, 0.3);
    http.requestEnded('GET', '/api/v1/orders/:orderId', 404, 0.001);
    http.rateLimitExceeded('login');
    const now = await text();
    expect(valueOf(now, 'rate_limit_exceeded_total{rule="login"}')).to.equal(1);
    const route = 'method="GET",route="/api/v1/orders/:orderId"';
    expect(valueOf(now, `http_requests_total{${route},status="200"}`)).to.equal(2);
    expect(valueOf(now, `http_requests_total{${route},status="404"}`)).to.equal(1);
    expect(valueOf(now, `http_request_duration_seconds_count{${route}}`)).to.equal(3);
    expect(valueOf(now, `http_request_duration_seconds_bucket{le="0.005",${route}}`)).to.equal(2);
    expect(valueOf(now, `http_request_duration_seconds_sum{${route}}`)).to.be.closeTo(0.305, 1e-9);
  });

  it('counts what the log, the commands and the jobs did', async () => {
    const metrics = openMetrics();
    metrics.eventsAppended(5, 3, 0.002);
    metrics.commandEnded('OpenOrder', 'done');
    metrics.commandEnded('OpenOrder', 'refused');
    metrics.commandEnded('OpenOrder', 'done');
    metrics.jobEnded('reorder-alerts', 'completed');
    metrics.outboxPending(7);
    const now = await metrics.text();
    expect(valueOf(now, 'events_appended_total')).to.equal(5);
    expect(valueOf(now, 'event_append_batch_size_sum')).to.equal(3);
    expect(valueOf(now, 'event_append_duration_seconds_count')).to.equal(1);
    expect(valueOf(now, 'commands_total{type="OpenOrder",outcome="done"}')).to.equal(2);
    expect(valueOf(now, 'commands_total{type="OpenOrder",outcome="refused"}')).to.equal(1);
    expect(valueOf(now, 'jobs_total{queue="reorder-alerts",outcome="completed"}')).to.equal(1);
    expect(valueOf(now, 'outbox_pending')).to.equal(7);
  });

  it('shows each connection to EventStoreDB', async () => {
    const { channels, text } = openMetrics();
    channels.inService(1, true);
    channels.inService(2, false);
    channels.underWay(1, 7);
    channels.ended(1, 'ok');
    channels.ended(2, 'failed');
    const now = await text();
    expect(valueOf(now, 'eventstore_channel_in_service{channel="1"}')).to.equal(1);
    expect(valueOf(now, 'eventstore_channel_in_service{channel="2"}')).to.equal(0);
    expect(valueOf(now, 'eventstore_channel_calls_under_way{channel="1"}')).to.equal(7);
    expect(valueOf(now, 'eventstore_channel_calls_total{channel="1",outcome="ok"}')).to.equal(1);
    expect(valueOf(now, 'eventstore_channel_calls_total{channel="2",outcome="failed"}')).to.equal(1);
  });

  it('shows the chain of a log kept elsewhere', async () => {
    const { chain, text } = openMetrics();
    chain.chained(12, 640);
    chain.chained(3, 0);
    const now = await text();
    expect(valueOf(now, 'log_chain_events_total')).to.equal(15);
    expect(valueOf(now, 'log_chain_lag')).to.equal(0);
  });

  it('counts logins, tokens, screens and what policies do', async () => {
    const { identity, live, policies, text } = openMetrics();
    identity.loginAttempted('account-locked');
    identity.tokenIssued();
    live.connections(4);
    live.framesSent('kitchen', 12);
    live.closed(4408);
    live.closed(1000);
    policies.progressed('reorder', 90, 100);
    policies.effects('job', 2);
    const now = await text();
    expect(valueOf(now, 'auth_attempts_total{outcome="account-locked"}')).to.equal(1);
    expect(valueOf(now, 'jwt_tokens_issued_total')).to.equal(1);
    expect(valueOf(now, 'live_connections')).to.equal(4);
    expect(valueOf(now, 'live_frames_sent_total{topic="kitchen"}')).to.equal(12);
    expect(valueOf(now, 'live_clients_cut_total')).to.equal(1);
    expect(valueOf(now, 'live_connections_closed_total{code="1000"}')).to.equal(1);
    expect(valueOf(now, 'policy_lag_events{policy="reorder"}')).to.equal(10);
    expect(valueOf(now, 'policy_effects_total{kind="job"}')).to.equal(2);
  });

  it('asks for the connections when it is read itself', async () => {
    const { watchDatabase, text } = openMetrics();
    let active = 2;
    watchDatabase(() => ({ active, idle: 8 }));
    active = 5;
    const now = await text();
    expect(valueOf(now, 'database_connections_active')).to.equal(5);
    expect(valueOf(now, 'database_connections_idle')).to.equal(8);
  });

  it('shows how the projections are', async () => {
    const { projector, projectionLag, parkedStreams, text } = openMetrics();
    projector.folded(40, 0.01);
    projector.lag('orders', 9);
    projector.parked('orders');
    projector.gap();
    projectionLag('all_day', 3);
    parkedStreams('orders', 1);
    const now = await text();
    expect(valueOf(now, 'projection_lag_events{projection="orders"}')).to.equal(9);
    expect(valueOf(now, 'projection_lag_events{projection="all_day"}')).to.equal(3);
    expect(valueOf(now, 'projection_parked_streams{projection="orders"}')).to.equal(1);
    expect(valueOf(now, 'projection_events_folded_total')).to.equal(40);
    expect(valueOf(now, 'projection_streams_parked_total{projection="orders"}')).to.equal(1);
    expect(valueOf(now, 'projection_gaps_total')).to.equal(1);
  });

  it('asks for how long something is missing from the read models when it is read', async () => {
    const { watchLag, text } = openMetrics();
    expect(valueOf(await text(), 'projection_lag_seconds')).to.equal(0);
    watchLag(() => 2.5);
    expect(valueOf(await text(), 'projection_lag_seconds')).to.equal(2.5);
  });

  it('says how the process is', async () => {
    expect(await openMetrics().text())
      .to.match(/^process_resident_memory_bytes \d+/m)
      .and.to.match(/^nodejs_eventloop_lag_seconds /m);
  });
});

describe('The metrics endpoint', () => {
  it('answers GET /metrics, and nothing else', async () => {
    const { url, close } = await serveMetrics('127.0.0.1:0', openMetrics());
    try {
      const answer = await fetch(url);
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
      expect(await answer.text()).to.include('# TYPE http_requests_total counter');
      expect((await fetch(new URL('/', url))).status).to.equal(404);
      expect((await fetch(url, { method: 'POST' })).status).to.equal(404);
    } finally {
      await close();
    }
  });

  it('listens on IPv6 as well', async () => {
    const { url, close } = await serveMetrics('[::1]:0', openMetrics());
    try {
      expect((await fetch(url)).status).to.equal(200);
    } finally {
      await close();
    }
  });

  it('says what to do where the port is taken, or where it is no endpoint', async () => {
    const { url, close } = await serveMetrics('127.0.0.1:0', openMetrics());
    const refusal = (endpoint: string): Promise<unknown> => serveMetrics(endpoint, openMetrics()).catch((error: unknown) => error);
    const taken = await refusal(`127.0.0.1:${new URL(url).port}`);
    await close();
    expect(taken).to.be.instanceOf(MetricsEndpointUnfit);
    expect(String(taken)).to.match(/the port is taken\. Set observability\.metrics\.prometheus_endpoint/);
    for (const endpoint of ['9090', 'localhost', ':9090', '127.0.0.1:70000'])
      expect(await refusal(endpoint)).to.be.instanceOf(MetricsEndpointUnfit);
  });
});
